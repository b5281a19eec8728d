/**
 * The shape of pod templates as far as wiring looks into it. Values may be what Pulumi calls an Output, known only later: such a value is opaque here, it is
 * handed on and never looked into.
 */

/** A pod template, or a Pod itself. */
export interface PodTemplate {
  readonly metadata?: unknown;
  readonly spec?: unknown;
}

/** An object whose fields can be read. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value can be looked into: text, number and the like, a list, an object made by braces. An Output or a Promise is none of these. */
export function isOpen(value: unknown): boolean {
  if (typeof value === "function") return false;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Fields {
  return isOpen(value) && typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The objects of a list; none of anything else. */
export function itemsOf(list: unknown): Fields[] {
  return Array.isArray(list) ? list.map(fieldsOf) : [];
}

/** Where the containers of a pod stand. */
export const containerLists = ["initContainers", "containers"] as const;

/**
 * Whether everything that wiring must see is known: the lists it adds to, and the names in them by which it finds what is there already.
 * Everything else, such as an image or the value of a variable, may be opaque.
 */
export function isStructureKnown(template: unknown): boolean {
  const { metadata, spec } = fieldsOf(template);
  const { volumes } = fieldsOf(spec);
  const containers = containerLists.map((list) => fieldsOf(spec)[list]);
  return (
    isOpen(template) &&
    isOpen(metadata) &&
    isOpen(fieldsOf(metadata).labels) &&
    isOpen(spec) &&
    isListKnown(volumes, ["name"]) &&
    containers.every((list) => isListKnown(list, ["name"])) &&
    containers.flatMap(itemsOf).every(({ env, volumeMounts }) => {
      return isListKnown(env, ["name"]) && isListKnown(volumeMounts, ["name", "mountPath"]);
    })
  );
}

function isListKnown(list: unknown, keys: readonly string[]): boolean {
  if (!Array.isArray(list)) return isOpen(list);
  return list.every((item) => isOpen(item) && keys.every((key) => isOpen(fieldsOf(item)[key])));
}
