import { isMap, type Value, type ValueMap } from "../rpc/values";

/** A Kubernetes object as JSON; at preview parts of it can be unknown. */
export type KubeObject = ValueMap;

/** Group, version and kind; the core group is "". */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Annotations by which a program steers the provider, and the one it marks its own names with. */
export const annotations = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  replaceUnready: "pulumi.com/replaceUnready",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPropagationPolicy: "pulumi.com/deletionPropagationPolicy",
} as const;

/** The value at a path of keys, undefined where the path ends early. */
export function at(value: Value | undefined, ...path: string[]): Value | undefined {
  let current = value;
  for (const key of path) current = isMap(current) ? current[key] : undefined;
  return current;
}

/** {@link at} for strings: "" for anything else. */
export function textAt(value: Value | undefined, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" ? found : "";
}

/** {@link at} for numbers: 0 for anything else. */
export function numberAt(value: Value | undefined, ...path: string[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** {@link at} for lists of maps: other items are left out, anything else is empty. */
export function mapsAt(value: Value | undefined, ...path: string[]): ValueMap[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isMap) : [];
}

export const nameOf = (object: KubeObject): string => textAt(object, "metadata", "name");
export const namespaceOf = (object: KubeObject): string => textAt(object, "metadata", "namespace");
export const kindOf = (object: KubeObject): string => textAt(object, "kind");
export const apiVersionOf = (object: KubeObject): string => textAt(object, "apiVersion");
export const uidOf = (object: KubeObject): string => textAt(object, "metadata", "uid");
export const annotationOf = (object: KubeObject, key: string): string => textAt(object, "metadata", "annotations", key);
export const isAnnotated = (object: KubeObject, key: string): boolean => annotationOf(object, key) === "true";

/** `metadata` of an object as a map to write into; undefined while it is not known. Created when absent. */
export function metadataOf(object: KubeObject): ValueMap | undefined {
  const metadata = object.metadata ?? {};
  if (!isMap(metadata)) return undefined;
  object.metadata = metadata;
  return metadata;
}

/** Sets an annotation to "true"; leaves annotations alone that are not known yet. */
export function annotateTrue(object: KubeObject, key: string): void {
  const metadata = metadataOf(object);
  if (!metadata) return;
  const current = metadata.annotations ?? {};
  if (isMap(current)) metadata.annotations = { ...current, [key]: "true" };
}

/** `<namespace>/<name>`, or the name alone for objects outside namespaces: the Pulumi id of an object. */
export function idOf(object: KubeObject): string {
  const namespace = namespaceOf(object);
  return namespace ? `${namespace}/${nameOf(object)}` : nameOf(object);
}

/** The parts of an id made by {@link idOf}. */
export function parseId(id: string): { namespace: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { namespace: "", name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** Group, version and kind an object says it is. */
export function gvkOf(object: KubeObject): GroupVersionKind {
  const [first = "", second] = apiVersionOf(object).split("/");
  const group = second === undefined ? "" : first;
  return { group: group === "core" ? "" : group, version: second ?? first, kind: kindOf(object) };
}

/**
 * Group, version and kind of a Pulumi type `kubernetes:<group>/<version>:<Kind>`, the last type of a URN included.
 * @throws {Error} if it is no such type
 */
export function gvkOfType(type: string): GroupVersionKind {
  const match = /^kubernetes:([^/:]+)\/([^/:]+):([^:]+)$/.exec(type);
  if (!match) throw new Error(`"${type}" is not a Kubernetes type: kubernetes:<group>/<version>:<Kind> is`);
  const [, group = "", version = "", kind = ""] = match;
  return { group: group === "core" ? "" : group, version, kind };
}

/** `apiVersion` of a group and version. */
export function apiVersionFor({ group, version }: GroupVersionKind): string {
  return group ? `${group}/${version}` : version;
}

export const isSecret = (object: KubeObject): boolean => apiVersionOf(object) === "v1" && kindOf(object) === "Secret";
export const isConfigMap = (object: KubeObject): boolean =>
  apiVersionOf(object) === "v1" && kindOf(object) === "ConfigMap";
export const isCustomResourceDefinition = (object: KubeObject): boolean =>
  apiVersionOf(object).startsWith("apiextensions.k8s.io/") && kindOf(object) === "CustomResourceDefinition";

/** Type and name of a URN `urn:pulumi:<stack>::<project>::<parent types$type>::<name>`. */
export function parseUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}
