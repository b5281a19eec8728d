import * as k8s from "@pulumi/kubernetes";
import { clientPod, deployment, metadata } from "../client";

/** Whoever may read pods reads the address. */
export const refusedBy = "token-wiring";

export function program(): void {
  const [container] = clientPod().containers as k8s.types.input.core.v1.Container[];
  const env = [{ name: "NATS_URL", value: "nats://web:correct-horse@nats.nats.svc.cluster.local:4222" }];
  const spec = { containers: [{ ...container, name: "web", env }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec }) });
}
