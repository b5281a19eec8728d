import * as k8s from "@pulumi/kubernetes";
import { deployment, image, metadata, securityContext } from "../client";

/** Whoever lists processes reads it, too. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  const containers = [{ name: "web", image, securityContext, args: ["--nats-password=correct-horse-battery"] }];
  new k8s.apps.v1.Deployment("web", { metadata, spec: deployment({ spec: { containers } }) });
}
