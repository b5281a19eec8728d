import * as k8s from "@pulumi/kubernetes";
import { metadata } from "../client";

/** Kubernetes puts a token in this Secret that never expires. */
export const refusedBy = "no-token-secrets";

export function program(): void {
  const annotations = { "kubernetes.io/service-account.name": "web" };
  new k8s.core.v1.Secret("token", {
    metadata: { ...metadata, annotations },
    type: "kubernetes.io/service-account-token",
  });
}
