import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The same in a DaemonSet. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.DaemonSet("web", { metadata, spec: deployment({ token: { path: "token" } }) });
}
