import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The same in a ReplicaSet. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.ReplicaSet("web", { metadata, spec: deployment({ token: { path: "token" } }) });
}
