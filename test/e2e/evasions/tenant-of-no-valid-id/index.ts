import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** An id that names of objects cannot be made of. */
export const refusedBy = "tenant-labels";

export function program(): void {
  new k8s.apps.v1.Deployment("orders", { metadata: workerMetadata("acme_1"), spec: workerSpec({}, "acme_1") });
}
