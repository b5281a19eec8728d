import * as k8s from "@pulumi/kubernetes";
import { image } from "../client";
import { workerMetadata, workerSpec } from "../tenant";

/** A port of every node leads to the pods, past Services. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  const containers = [{ name: "orders", image, ports: [{ containerPort: 4222, hostPort: 4222 }] }];
  new k8s.apps.v1.DaemonSet("orders", { metadata: workerMetadata(), spec: workerSpec({ containers }) });
}
