import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** A token without an audience is one for the Kubernetes API. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token: { path: "token" } }) });
}
