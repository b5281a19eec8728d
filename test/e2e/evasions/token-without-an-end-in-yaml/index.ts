import * as k8s from "@pulumi/kubernetes";
import { metadata } from "../client";

/** The same in a manifest. */
export const refusedBy = "no-token-secrets";

export function program(): void {
  const annotations = { "kubernetes.io/service-account.name": "web" };
  const type = "kubernetes.io/service-account-token";
  const object = { apiVersion: "v1", kind: "Secret", metadata: { ...metadata, annotations }, type };
  new k8s.yaml.ConfigGroup("files", { objs: [object] });
}
