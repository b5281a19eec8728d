import * as k8s from "@pulumi/kubernetes";

/** A Service elsewhere is another name of the tenant's. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  new k8s.core.v1.Service("nats", {
    metadata: { name: "nats", namespace: "shop" },
    spec: { type: "ExternalName", externalName: "nats-acme.vrsky-tenants.svc.cluster.local" },
  });
}
