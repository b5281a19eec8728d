import * as k8s from "@pulumi/kubernetes";
import { clientPod, deployment, metadata } from "../client";

/** Who takes over the container may write where the token is. */
export const refusedBy = "token-wiring";

export function program(): void {
  const [container] = clientPod().containers as k8s.types.input.core.v1.Container[];
  const volumeMounts = [{ name: "nats-token", mountPath: "/var/run/secrets/nats" }];
  const spec = { containers: [{ ...container, name: "web", volumeMounts }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec }) });
}
