import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The rule lets the app out to the servers, at a port that they do not have for it. */
export const refusedBy = "token-egress";

export function program(): void {
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment() });
  const to = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "nats" } } }];
  new k8s.networking.v1.NetworkPolicy("egress", {
    metadata: { ...metadata, name: "web-nats" },
    spec: {
      podSelector: { matchLabels: { app: "web" } },
      policyTypes: ["Egress"],
      egress: [{ to, ports: [{ protocol: "TCP", port: 443 }] }],
    },
  });
}
