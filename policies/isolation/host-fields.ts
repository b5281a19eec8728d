import type { RefusedField } from "../kernel/refused-field";

const flag = (...path: string[]): RefusedField => ({ path, type: "flag", remedy: "Leave it out." });

/** By what a pod has something of the node it runs on: fields of its spec, and of every container, volume and container's port. */
export const hostFields: Readonly<Record<"pod" | "container" | "volume" | "port", readonly RefusedField[]>> = {
  pod: [
    flag("hostNetwork"),
    flag("hostPID"),
    flag("hostIPC"),
    flag("securityContext", "windowsOptions", "hostProcess"),
  ],
  container: [flag("securityContext", "privileged"), flag("securityContext", "windowsOptions", "hostProcess")],
  volume: [{ path: ["hostPath"], type: "object", remedy: "Use an emptyDir or a PersistentVolumeClaim." }],
  port: [{ path: ["hostPort"], type: "number", remedy: "Leave it out: pods are reached by their Service." }],
};

/** By what a PersistentVolume is a folder of a node. */
export const hostVolumeFields: readonly RefusedField[] = ["hostPath", "local"].map((source) => ({
  path: [source],
  type: "object",
  remedy: "Use a StorageClass that makes volumes of their own.",
}));
