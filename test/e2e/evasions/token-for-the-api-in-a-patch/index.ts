import * as k8s from "@pulumi/kubernetes";
import { client, metadata } from "../client";

/** The same, put into a Deployment that somebody else makes. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.DeploymentPatch("web", { metadata, spec: { template: client({ token: { path: "token" } }) } });
}
