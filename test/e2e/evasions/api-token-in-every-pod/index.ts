import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** Nobody switched the Kubernetes API's token off. */
export const refusedBy = "token-automount";

export function program(): void {
  const spec = { automountServiceAccountToken: undefined, serviceAccountName: "web" };
  new k8s.core.v1.ServiceAccount("account", { metadata });
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec }) });
}
