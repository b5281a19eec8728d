import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** A sound token is mounted, and the one for the Kubernetes API is used. */
export const refusedBy = "token-wiring";

export function program(): void {
  const file = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ file }) });
}
