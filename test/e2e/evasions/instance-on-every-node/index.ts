import * as k8s from "@pulumi/kubernetes";

/** A port of every node leads to the instance. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  const selector = { app: "nats", "tenant-id": "acme" };
  new k8s.core.v1.Service("nats", {
    metadata: { name: "nats-acme", namespace: "vrsky-tenants", labels: { "tenant-id": "acme" } },
    spec: { type: "NodePort", selector, ports: [{ name: "client", port: 4222 }] },
  });
}
