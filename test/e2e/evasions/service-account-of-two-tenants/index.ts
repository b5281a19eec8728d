import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** Pods of two tenants are one ServiceAccount. */
export const refusedBy = "tenant-shared-identity";

export function program(): void {
  for (const tenant of ["acme", "globex"]) {
    const spec = workerSpec({ serviceAccountName: "orders" }, tenant);
    new k8s.apps.v1.Deployment(tenant, { metadata: workerMetadata(tenant), spec });
  }
}
