import * as path from "node:path";
import type { V1PersistentVolume, V1PersistentVolumeClaim } from "@kubernetes/client-node";

/** Name claims and volumes of ours carry. */
export const provisionerName = "nats-platform/local-volume";

const provisionerAnnotation = "volume.kubernetes.io/storage-provisioner";
const selectedNodeAnnotation = "volume.kubernetes.io/selected-node";
const provisionedByAnnotation = "pv.kubernetes.io/provisioned-by";

/** Folder of each node's volumes on the host, by name of the node. */
export type VolumeFolders = Readonly<Record<string, string>>;

/**
 * The volume a claim waits for.
 * @returns undefined if the claim is not ours, has its volume, or its pod has no node yet
 * @throws {Error} if the scheduler chose a node this cluster does not have
 */
export function volumeFor(claim: V1PersistentVolumeClaim, folders: VolumeFolders): V1PersistentVolume | undefined {
  const annotations = claim.metadata?.annotations ?? {};
  const node = annotations[selectedNodeAnnotation];
  const { name, namespace, uid } = claim.metadata ?? {};
  if (annotations[provisionerAnnotation] !== provisionerName || claim.spec?.volumeName || !node || !uid) {
    return undefined;
  }
  const folder = folders[node];
  if (folder === undefined) {
    throw new Error(
      `claim ${namespace}/${name} was given to node "${node}"; volumes are made on ${Object.keys(folders).join(", ")}`,
    );
  }
  const volume = `pvc-${uid}`;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: volume, annotations: { [provisionedByAnnotation]: provisionerName } },
    spec: {
      accessModes: claim.spec?.accessModes,
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? "1Gi" },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      // Type "local" and not "hostPath": the kubelet applies the pod's fsGroup to it, so that a non-root server may write.
      local: { path: path.join(folder, volume) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] },
          ],
        },
      },
      persistentVolumeReclaimPolicy: "Delete",
      storageClassName: claim.spec?.storageClassName,
      volumeMode: "Filesystem",
    },
  };
}

/** Folder to delete with a volume: that of a volume of ours whose claim is gone; undefined for any other. */
export function reclaimableFolder(volume: V1PersistentVolume, folders: VolumeFolders): string | undefined {
  const ours = volume.metadata?.annotations?.[provisionedByAnnotation] === provisionerName;
  const released = volume.status?.phase === "Released" || volume.status?.phase === "Failed";
  if (!ours || !released || volume.spec?.persistentVolumeReclaimPolicy !== "Delete") return undefined;
  const folder = volume.spec.local?.path;
  // The path comes from an object anybody with rights could have edited; nothing but our own folders is ever deleted.
  const parent = folder === undefined ? undefined : path.dirname(path.resolve(folder));
  return Object.values(folders).some((known) => path.resolve(known) === parent) ? folder : undefined;
}
