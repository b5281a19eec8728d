import * as k8s from "@pulumi/kubernetes";
import { clientPod, deployment, image, metadata, securityContext } from "../client";

/** The same, used by an init container alone. */
export const refusedBy = "token-audience";

export function program(): void {
  const { containers } = clientPod();
  const spec = { initContainers: containers, containers: [{ name: "main", image, securityContext }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token: { path: "token" }, spec }) });
}
