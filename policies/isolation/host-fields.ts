import type { RefusedField } from "../kernel/refused-field";

const flag = (...path: string[]): RefusedField => ({ path, type: "flag", remedy: "Leave it out." });

/** By what a claim takes a volume that is there already, whatever that is: seen from the claim, nobody can tell. */
export const volumeOfClaim: RefusedField = {
  path: ["volumeName"],
  type: "object",
  remedy:
    "Leave it out, for a volume of its own; or name the claim in the PersistentVolume's claimRef, where its source is seen.",
};

/** By what a pod has something of the node it runs on: fields of its spec, and of every container, volume and container's port. */
export const hostFields: Readonly<Record<"pod" | "container" | "volume" | "port", readonly RefusedField[]>> = {
  pod: [
    flag("hostNetwork"),
    flag("hostPID"),
    flag("hostIPC"),
    flag("securityContext", "windowsOptions", "hostProcess"),
  ],
  container: [flag("securityContext", "privileged"), flag("securityContext", "windowsOptions", "hostProcess")],
  volume: [
    { path: ["hostPath"], type: "object", remedy: "Use an emptyDir or a PersistentVolumeClaim." },
    {
      // What a driver makes of a pod's own words it decides itself: some give it any folder of the node.
      path: ["csi", "driver"],
      type: "text",
      allowed: ["secrets-store.csi.k8s.io"],
      remedy:
        "Use a PersistentVolumeClaim: whoever runs the cluster says in its StorageClass what the driver is to do.",
    },
    { ...volumeOfClaim, path: ["ephemeral", "volumeClaimTemplate", "spec", ...volumeOfClaim.path] },
  ],
  port: [{ path: ["hostPort"], type: "number", remedy: "Leave it out: pods are reached by their Service." }],
};

/** By what a PersistentVolume is a folder of a node. */
export const hostVolumeFields: readonly RefusedField[] = ["hostPath", "local"].map((source) => ({
  path: [source],
  type: "object",
  remedy: "Use a StorageClass that makes volumes of their own.",
}));
