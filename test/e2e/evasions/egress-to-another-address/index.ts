import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The rule lets the app out to another name than NATS_URL has. */
export const refusedBy = "token-egress";

export function program(): void {
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment() });
  new k8s.apiextensions.CustomResource("egress", {
    apiVersion: "cilium.io/v2",
    kind: "CiliumNetworkPolicy",
    metadata: { ...metadata, name: "web-nats" },
    spec: {
      endpointSelector: { matchLabels: { app: "web" } },
      egress: [
        { toFQDNs: [{ matchName: "nats.example.com" }], toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }] },
      ],
    },
  });
}
