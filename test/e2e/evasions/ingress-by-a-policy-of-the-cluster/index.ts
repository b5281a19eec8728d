import * as k8s from "@pulumi/kubernetes";

/** A policy of the cluster's administrator goes before those of the namespace. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "vrsky-tenants" } };
  new k8s.apiextensions.CustomResource("extra", {
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind: "AdminNetworkPolicy",
    metadata: { name: "extra" },
    spec: {
      priority: 1,
      subject: { pods: { namespaceSelector, podSelector: { matchLabels: { app: "nats" } } } },
      ingress: [{ action: "Allow", from: [{ namespaces: {} }] }],
    },
  });
}
