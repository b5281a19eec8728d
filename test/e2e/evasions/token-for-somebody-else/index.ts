import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** Whoever takes tokens of that audience may use it there. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token: { audience: "vault", path: "token" } }) });
}
