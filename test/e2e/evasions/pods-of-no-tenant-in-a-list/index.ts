import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerTemplate } from "../tenant";

/** The same, in a list. */
export const refusedBy = "tenant-labels";

export function program(): void {
  const { labels, ...metadata } = workerMetadata();
  const pod = { metadata: { ...metadata, labels: { app: labels.app } }, spec: workerTemplate().spec };
  new k8s.core.v1.PodList("pods", { items: [pod] });
}
