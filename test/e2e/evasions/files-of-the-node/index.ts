import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerTemplate } from "../tenant";

/** The folder in which tokens of every pod on the node lie. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  const volumes = [{ name: "pods", hostPath: { path: "/var/lib/kubelet/pods" } }];
  const template = workerTemplate({ volumes, restartPolicy: "Never" });
  new k8s.batch.v1.CronJob("orders", {
    metadata: workerMetadata(),
    spec: { schedule: "@daily", jobTemplate: { spec: { template } } },
  });
}
