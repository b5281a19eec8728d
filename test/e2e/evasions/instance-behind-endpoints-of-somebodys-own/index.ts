import * as k8s from "@pulumi/kubernetes";

/** Without a selector the Service leads wherever its endpoints say. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  new k8s.core.v1.Service("nats", {
    metadata: { name: "nats-acme", namespace: "vrsky-tenants", labels: { "tenant-id": "acme" } },
    spec: { ports: [{ name: "client", port: 4222 }] },
  });
}
