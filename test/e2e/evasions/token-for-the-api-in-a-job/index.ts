import * as k8s from "@pulumi/kubernetes";
import { client, metadata } from "../client";

/** The same in a Job. */
export const refusedBy = "token-audience";

export function program(): void {
  const template = client({ token: { path: "token" }, spec: { restartPolicy: "Never" } });
  new k8s.batch.v1.Job("web", { metadata, spec: { template } });
}
