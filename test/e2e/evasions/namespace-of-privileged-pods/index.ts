import * as k8s from "@pulumi/kubernetes";

/** Whoever may make pods there has the nodes. */
export const refusedBy = "pod-security";

export function program(): void {
  const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
  new k8s.core.v1.Namespace("nats", { metadata: { name: "nats", labels } });
}
