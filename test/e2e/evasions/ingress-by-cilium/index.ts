import * as k8s from "@pulumi/kubernetes";

/** The same by another kind of policy, which adds to the first. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  new k8s.apiextensions.CustomResource("extra", {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { name: "extra", namespace: "vrsky-tenants" },
    spec: { endpointSelector: { matchLabels: { app: "nats" } }, ingress: [{ fromEntities: ["world"] }] },
  });
}
