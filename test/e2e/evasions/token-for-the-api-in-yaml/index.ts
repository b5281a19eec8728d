import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The same in a manifest, which comes to resources of its own. */
export const refusedBy = "token-audience";

export function program(): void {
  const spec = deployment({ token: { path: "token" } });
  new k8s.yaml.ConfigGroup("files", { objs: [{ apiVersion: "apps/v1", kind: "Deployment", metadata, spec }] });
}
