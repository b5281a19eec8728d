import * as k8s from "@pulumi/kubernetes";

/** An Ingress leads strangers to the instance's WebSocket. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  const backend = { service: { name: "nats-acme", port: { number: 4222 } } };
  new k8s.networking.v1.Ingress("nats", {
    metadata: { name: "nats", namespace: "vrsky-tenants" },
    spec: { defaultBackend: backend },
  });
}
