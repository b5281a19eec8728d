import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerTemplate } from "../tenant";

/** Pods among the tenants' that are nobody's. */
export const refusedBy = "tenant-labels";

export function program(): void {
  const { labels, ...metadata } = workerMetadata();
  new k8s.core.v1.Pod("orders", {
    metadata: { ...metadata, labels: { app: labels.app } },
    spec: workerTemplate().spec,
  });
}
