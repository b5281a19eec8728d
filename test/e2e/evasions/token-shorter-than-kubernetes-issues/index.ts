import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata, soundToken } from "../client";

/** Kubernetes refuses it, and the pods never start. */
export const refusedBy = "token-lifetime";

export function program(): void {
  const token = { ...soundToken, expirationSeconds: 300 };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token }) });
}
