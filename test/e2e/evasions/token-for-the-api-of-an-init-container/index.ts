import * as k8s from "@pulumi/kubernetes";
import { clientPod, deployment, metadata } from "../client";

/** The same, used by an init container alone. */
export const refusedBy = "token-audience";

export function program(): void {
  const { containers } = clientPod();
  const spec = { initContainers: containers, containers: [{ name: "main", image: "registry.example.com/main:1.0.0" }] };
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ token: { path: "token" }, spec }) });
}
