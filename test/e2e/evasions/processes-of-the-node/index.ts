import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerTemplate } from "../tenant";

/** Processes of every pod on the node, with their variables. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  const template = workerTemplate({ hostPID: true, restartPolicy: "Never" });
  new k8s.batch.v1.Job("orders", { metadata: workerMetadata(), spec: { template } });
}
