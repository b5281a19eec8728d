import * as k8s from "@pulumi/kubernetes";
import { clientPod, deployment, metadata, securityContext } from "../client";

/** A NATS client that is root in its container. */
export const refusedBy = "pod-security";

export function program(): void {
  const [container] = clientPod().containers as k8s.types.input.core.v1.Container[];
  const rights = { ...securityContext, runAsUser: 0 };
  const spec = { containers: [{ ...container, name: "web", securityContext: rights }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec }) });
}
