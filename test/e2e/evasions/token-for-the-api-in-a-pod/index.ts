import * as k8s from "@pulumi/kubernetes";
import { clientPod, metadata } from "../client";

/** The same in a Pod by itself. */
export const refusedBy = "token-audience";

export function program(): void {
  new k8s.core.v1.Pod("web", { metadata, spec: clientPod({ token: { path: "token" } }) });
}
