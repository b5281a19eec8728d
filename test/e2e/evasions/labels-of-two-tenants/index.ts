import * as k8s from "@pulumi/kubernetes";
import { workerLabels, workerMetadata, workerTemplate } from "../tenant";

/** The workload says one tenant, its pods another: these are let in to the other's instances. */
export const refusedBy = "tenant-labels";

export function program(): void {
  const spec = { selector: { matchLabels: workerLabels("globex") }, template: workerTemplate({}, "globex") };
  new k8s.apps.v1.Deployment("orders", { metadata: workerMetadata("acme"), spec });
}
