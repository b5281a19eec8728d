import * as k8s from "@pulumi/kubernetes";
import { image } from "../client";
import { workerMetadata, workerSpec } from "../tenant";

/** An init container that may do everything on the node. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  const initContainers = [{ name: "init", image, securityContext: { privileged: true } }];
  new k8s.apps.v1.ReplicaSet("orders", { metadata: workerMetadata(), spec: workerSpec({ initContainers }) });
}
