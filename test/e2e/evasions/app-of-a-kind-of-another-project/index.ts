import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** A Rollout makes pods as a Deployment does. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  new k8s.apiextensions.CustomResource("orders", {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { ...workerMetadata(), namespace: "shop" },
    spec: workerSpec({ hostNetwork: true }),
  });
}
