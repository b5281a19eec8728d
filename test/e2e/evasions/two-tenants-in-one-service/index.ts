import * as k8s from "@pulumi/kubernetes";

/** The Service of one tenant leads to another's instances. */
export const refusedBy = "tenant-labels";

export function program(): void {
  new k8s.core.v1.Service("nats", {
    metadata: { name: "nats-acme", namespace: "vrsky-tenants", labels: { "tenant-id": "acme" } },
    spec: { selector: { app: "nats", "tenant-id": "globex" }, ports: [{ name: "client", port: 4222 }] },
  });
}
