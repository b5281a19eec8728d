import * as k8s from "@pulumi/kubernetes";
import { deployment, image, metadata, securityContext } from "../client";

/** The same of a container that runs but once. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  const env = [{ name: "NATS_TOKEN", value: "correct-horse-battery" }];
  const initContainers = [{ name: "init", image, securityContext, env }];
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec: { initContainers } }) });
}
