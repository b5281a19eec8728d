import { object, type ReferenceManifest } from "./manifest";

/**
 * Who reaches the platform's servers: by its authors' word the control plane alone, no tenant. They are found by labels of their own, which the pack
 * is told of by `clients`.
 */

const labels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "nats" };
const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "vrsky-system" } };
const controlPlane = { namespaceSelector, podSelector: { matchLabels: { app: "control-plane" } } };
const tenants = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-tenants" } } };

const policy = (...from: object[]) =>
  object(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { name: "platform-nats", namespace: "nats" },
    {
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress"],
        ingress: [{ from, ports: [{ protocol: "TCP", port: 4222 }] }],
      },
    },
  );

const clients = [{ namespace: "vrsky-system", podLabels: { app: "control-plane" }, ports: [4222] }];
const declared = { "platform-clients": { clients } };

export const manifests: readonly ReferenceManifest[] = [
  { what: "the control plane alone, as declared", resources: [policy(controlPlane)], config: declared, says: {} },
  {
    what: "the control plane, of which the pack was not told",
    resources: [policy(controlPlane)],
    says: { "platform-clients": /ingress\[0\]\.from\[0\] is .*vrsky-system.*; must let in nobody but/ },
  },
  {
    what: "tenants beside the control plane",
    resources: [policy(controlPlane, tenants)],
    config: declared,
    says: { "platform-clients": /ingress\[0\]\.from\[1\] is .*vrsky-tenants/ },
  },
];
