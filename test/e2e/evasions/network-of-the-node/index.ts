import * as k8s from "@pulumi/kubernetes";
import { workerMetadata, workerSpec } from "../tenant";

/** No policy holds for pods in the node's network. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  new k8s.apps.v1.Deployment("orders", { metadata: workerMetadata(), spec: workerSpec({ hostNetwork: true }) });
}
