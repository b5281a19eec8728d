import * as k8s from "@pulumi/kubernetes";
import { workerLabels, workerMetadata } from "../tenant";

/** A policy that is labelled as one tenant's, around the pods of another. */
export const refusedBy = "tenant-labels";

export function program(): void {
  new k8s.networking.v1.NetworkPolicy("orders", {
    metadata: workerMetadata("acme"),
    spec: { podSelector: { matchLabels: workerLabels("globex") }, policyTypes: ["Ingress"] },
  });
}
