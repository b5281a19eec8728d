import { posix } from "node:path";
import type { Field } from "./field";
import { customKinds, isCustom, type KubernetesObject } from "./object";
import { own } from "./own";

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

/** Kinds that make pods; a custom one may. */
export const podKinds: readonly string[] = [...Object.keys(templatePaths), customKinds];

/** Lists of a pod's spec in which everything that runs in it stands. */
export const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

/**
 * The template of the pods that an object makes; undefined if it makes none. Of kinds that are not Kubernetes' own, such as Argo's Rollout, what stands
 * where a Deployment has its template is one, if there are containers in it.
 */
export function podTemplate(object: KubernetesObject): Field | undefined {
  const { kind, apiVersion, root } = object;
  const path = own<readonly string[]>(templatePaths, kind);
  if (path) return root.at(...path);
  return isCustom(apiVersion) ? customTemplate(object) : undefined;
}

function customTemplate({ root, isPatch }: KubernetesObject): Field | undefined {
  const spec = mapAt(root, "spec", "template", "spec");
  const isPods = spec && (isPatch || Array.isArray(spec.at("containers").value));
  return isPods ? root.at("spec", "template") : undefined;
}

/** The map at a place; undefined where anything else is, there or on the way. */
function mapAt(root: Field, ...keys: readonly string[]): Field | undefined {
  const isMap = ({ value }: Field) => typeof value === "object" && !Array.isArray(value);
  return keys.reduce<Field | undefined>((field, key) => {
    const inner = field && isMap(field) ? field.at(key) : undefined;
    return inner && isMap(inner) ? inner : undefined;
  }, root);
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
