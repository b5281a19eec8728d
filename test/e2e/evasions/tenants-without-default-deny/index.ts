import * as k8s from "@pulumi/kubernetes";

/** A namespace of tenants in which everything is allowed that no policy is about. */
export const refusedBy = "tenant-default-deny";

export function program(): void {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  new k8s.core.v1.Namespace("tenants", { metadata: { name: "vrsky-tenants", labels } });
}
