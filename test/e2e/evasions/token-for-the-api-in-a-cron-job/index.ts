import * as k8s from "@pulumi/kubernetes";
import { client, metadata } from "../client";

/** The same in a CronJob. */
export const refusedBy = "token-audience";

export function program(): void {
  const template = client({ token: { path: "token" }, spec: { restartPolicy: "Never" } });
  new k8s.batch.v1.CronJob("web", { metadata, spec: { schedule: "@daily", jobTemplate: { spec: { template } } } });
}
