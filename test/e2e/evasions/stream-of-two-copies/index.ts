import * as k8s from "@pulumi/kubernetes";

/** A stream that stops with either of two servers. */
export const refusedBy = "jetstream-replicas";

export function program(): void {
  new k8s.apiextensions.CustomResource("orders", {
    apiVersion: "jetstream.nats.io/v1beta2",
    kind: "Stream",
    metadata: { name: "orders", namespace: "nats" },
    spec: { name: "orders", subjects: ["orders.>"], replicas: 2 },
  });
}
