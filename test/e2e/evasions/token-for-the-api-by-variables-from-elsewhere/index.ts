import * as k8s from "@pulumi/kubernetes";
import { deployment, image, metadata, securityContext } from "../client";

/** The variables are in a ConfigMap, and do not say which token it is. */
export const refusedBy = "token-audience";

export function program(): void {
  const envFrom = [{ configMapRef: { name: "web" } }];
  const spec = { containers: [{ name: "web", image, securityContext, envFrom }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token: { path: "token" }, spec }) });
}
