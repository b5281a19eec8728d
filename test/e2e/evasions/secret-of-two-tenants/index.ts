import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** Pods of two tenants have one Secret. */
export const refusedBy = "tenant-shared-identity";

export function program(): void {
  const volumes = [{ name: "creds", secret: { secretName: "nats-creds" } }];
  for (const tenant of ["acme", "globex"]) {
    const spec = workerSpec({ volumes }, tenant);
    new k8s.apps.v1.Deployment(tenant, { metadata: workerMetadata(tenant), spec });
  }
}
