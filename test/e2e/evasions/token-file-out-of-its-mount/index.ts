import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The path begins in the mount and leads out of it. */
export const refusedBy = "token-wiring";

export function program(): void {
  const file = "/var/run/secrets/nats/../kubernetes.io/serviceaccount/token";
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ file }) });
}
