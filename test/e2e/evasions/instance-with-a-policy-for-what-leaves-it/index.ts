import * as k8s from "@pulumi/kubernetes";
import { instance } from "../tenant";

/** The policy is for egress alone. */
export const refusedBy = "tenant-network-policy";

export function program(): void {
  new k8s.networking.v1.NetworkPolicy("isolation", {
    metadata: { name: "isolation", namespace: "vrsky-tenants" },
    spec: { podSelector: { matchLabels: { app: "nats", "tenant-id": "acme" } }, policyTypes: ["Egress"] },
  });
  instance();
}
