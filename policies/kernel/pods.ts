import { posix } from "node:path";
import type { Field } from "./field";
import type { KubernetesObject } from "./object";

/** Where the pod template of each kind is; a Pod is one itself. */
export const templatePaths = {
  Pod: [],
  PodTemplate: ["template"],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  ReplicationController: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A kind that makes pods. */
export type PodKind = keyof typeof templatePaths;

/** Kinds that make pods. */
export const podKinds: readonly string[] = Object.keys(templatePaths);

/** Lists of a pod's spec in which everything that runs in it stands. */
export const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/** The template of the pods that an object makes; undefined if it makes none. */
export function podTemplate({ kind, root }: KubernetesObject): Field | undefined {
  const path: readonly string[] | undefined = templatePaths[kind as PodKind];
  return path && root.at(...path);
}

/** Everything that runs in a pod. */
export function containersOf(template: Field): Field[] {
  return containerLists.flatMap((list) => template.at("spec", list).list());
}

/** A container's variable, if it is set: of several of one name Kubernetes takes the last. */
export function variable(container: Field, name: string): Field | undefined {
  return container
    .at("env")
    .list()
    .findLast((entry) => entry.at("name").text() === name);
}

/** A mount that holds a path, and what the path is within it. */
export interface MountOfPath {
  readonly mount: Field;
  readonly volume: string;
  readonly path: string;
}

/** The mount of a container that a path is in: the deepest. */
export function mountOf(container: Field, file: string): MountOfPath | undefined {
  return container
    .at("volumeMounts")
    .list()
    .map((mount) => {
      const folder = posix.join("/", mount.at("mountPath").text() ?? "");
      const inside = posix.relative(folder, file);
      const path = posix.join(mount.at("subPath").text() ?? "", inside);
      return { mount, volume: mount.at("name").text() ?? "", path, folder, isInside: !inside.startsWith("..") };
    })
    .filter(({ isInside }) => isInside)
    .toSorted((one, other) => other.folder.length - one.folder.length)[0];
}
