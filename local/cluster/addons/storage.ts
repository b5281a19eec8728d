import type { KubernetesObject } from "@kubernetes/client-node";
import { provisionerName } from "../volumes";

/** Name of the default StorageClass. */
export const storageClass = "standard";

/** The default StorageClass: a folder on the disk of the node the pod was scheduled to, deleted with its claim. */
export function storageObjects(): KubernetesObject[] {
  const object = {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: storageClass, annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner: provisionerName,
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
  };
  return [object as KubernetesObject];
}
