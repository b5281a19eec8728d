import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The pod asks for what its ServiceAccount has switched off. */
export const refusedBy = "token-automount";

export function program(): void {
  const spec = { automountServiceAccountToken: true, serviceAccountName: "web" };
  new k8s.core.v1.ServiceAccount("account", { metadata, automountServiceAccountToken: false });
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec }) });
}
