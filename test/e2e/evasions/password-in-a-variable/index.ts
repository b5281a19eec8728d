import * as k8s from "@pulumi/kubernetes";
import { clientPod, metadata } from "../client";

/** Whoever may read pods reads it. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  const spec = clientPod();
  const [container] = spec.containers as k8s.types.input.core.v1.Container[];
  const env = [{ name: "ORDERS_PASSWORD", value: "correct horse battery staple" }];
  new k8s.core.v1.Pod("web", { metadata, spec: { ...spec, containers: [{ ...container, name: "web", env }] } });
}
