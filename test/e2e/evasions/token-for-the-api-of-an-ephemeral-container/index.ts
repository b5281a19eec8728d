import * as k8s from "@pulumi/kubernetes";
import { clientPod, image, metadata, securityContext } from "../client";

/** The same, used by a container that is added to debug. */
export const refusedBy = "token-audience";

export function program(): void {
  const { containers } = clientPod();
  const spec = { containers: [{ name: "main", image, securityContext }], ephemeralContainers: containers };
  new k8s.core.v1.Pod("web", { metadata, spec: clientPod({ token: { path: "token" }, spec }) } as k8s.core.v1.PodArgs);
}
