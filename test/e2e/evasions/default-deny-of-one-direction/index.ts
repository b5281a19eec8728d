import * as k8s from "@pulumi/kubernetes";

/** What pods connect to is open, since the policy denies ingress alone. */
export const refusedBy = "tenant-default-deny";

export function program(): void {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  new k8s.core.v1.Namespace("tenants", { metadata: { name: "vrsky-tenants", labels } });
  new k8s.networking.v1.NetworkPolicy("default-deny", {
    metadata: { name: "default-deny", namespace: "vrsky-tenants" },
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  });
}
