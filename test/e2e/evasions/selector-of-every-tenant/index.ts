import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** The selector takes up pods of every tenant that has such a workload. */
export const refusedBy = "tenant-labels";

export function program(): void {
  const spec = { ...workerSpec(), selector: { matchLabels: { app: "orders" } } };
  new k8s.apps.v1.StatefulSet("orders", { metadata: workerMetadata(), spec: { ...spec, serviceName: "orders" } });
}
