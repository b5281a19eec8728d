import * as k8s from "@pulumi/kubernetes";
import { client, metadata } from "../client";

/** The same in a resource that says by itself what it is. */
export const refusedBy = "token-audience";

export function program(): void {
  const template = client({ token: { path: "token" }, spec: { restartPolicy: "Never" } });
  new k8s.apiextensions.CustomResource("report", {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata,
    spec: { schedule: "@daily", jobTemplate: { spec: { template } } },
  });
}
