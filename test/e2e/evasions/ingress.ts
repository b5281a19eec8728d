import * as k8s from "@pulumi/kubernetes";

type IngressRule = k8s.types.input.networking.v1.NetworkPolicyIngressRule;
type Selector = k8s.types.input.meta.v1.LabelSelector;

const acme = { matchLabels: { "tenant-id": "acme" } };

/** The tenant's own pods. */
export const ownPods = [{ podSelector: acme }];

/** The port of clients. */
export const clientPort = [{ protocol: "TCP", port: 4222 }];

/** A policy that lets somebody in to the instances of tenant acme. */
export function letIn(rule: IngressRule, podSelector: Selector = acme): void {
  new k8s.networking.v1.NetworkPolicy("extra", {
    metadata: { name: "extra", namespace: "vrsky-tenants" },
    spec: { podSelector, policyTypes: ["Ingress"], ingress: [rule] },
  });
}
