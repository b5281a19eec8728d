import * as k8s from "@pulumi/kubernetes";

/** A claim takes a volume that is a node's folder, and does not say whose it is. */
export const refusedBy = "tenant-host-access";

export function program(): void {
  const accessModes = ["ReadWriteOnce"];
  new k8s.core.v1.PersistentVolume("root", {
    metadata: { name: "root" },
    spec: { accessModes, capacity: { storage: "1Gi" }, hostPath: { path: "/" } },
  });
  new k8s.core.v1.PersistentVolumeClaim("data", {
    metadata: { name: "data", namespace: "vrsky-tenants" },
    spec: { accessModes, volumeName: "root", resources: { requests: { storage: "1Gi" } } },
  });
}
