import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The same in a list. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.DeploymentList("webs", { items: [{ metadata, spec: deployment({ token: { path: "token" } }) }] });
}
