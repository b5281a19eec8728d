import * as k8s from "@pulumi/kubernetes";
import { deployment, metadata } from "../client";

/** The same in a file, which comes to resources of its own. */
export const refusedBy = "token-audience";

export function program(): void {
  const spec = deployment({ token: { path: "token" } });
  const yaml = JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
  new k8s.yaml.v2.ConfigGroup("files", { yaml });
}
