import * as k8s from "@pulumi/kubernetes";

/** A stream that is away with its server. */
export const refusedBy = "jetstream-replicas";

export function program(): void {
  const stream = { name: "orders", subjects: ["orders.>"], retention: "limits", num_replicas: 1 };
  new k8s.core.v1.ConfigMap("streams", {
    metadata: { name: "streams", namespace: "nats" },
    data: { "orders.json": JSON.stringify(stream) },
  });
}
