import { deepEqual, isMap, Unknown, type Value } from "../rpc/values";
import { annotations, isAnnotated, type KubeObject, nameOf, namespaceOf } from "./objects";
import { type Path, type ReplacementOptions, replacingFields, touches } from "./replacement";

export type ChangeKind = "add" | "delete" | "update";

/** One changed property. */
export interface Change {
  readonly kind: ChangeKind;
  /** It cannot change in place. */
  readonly replace: boolean;
}

/** What an update would do, by property path as Pulumi writes them: `spec.template.spec.containers[0].image`. */
export interface ObjectDiff {
  readonly changes: ReadonlyMap<string, Change>;
  readonly replaces: readonly string[];
  /** The new object would have the old one's name, so the old one must go first. */
  readonly deleteBeforeReplace: boolean;
}

/** Compares the inputs of the last update with the program's; both normalized, without secret wrappers. Properties at or below an ignored path are left out. */
export function diffObjects(
  before: KubeObject,
  after: KubeObject,
  options: ReplacementOptions & { readonly ignoreChanges: readonly string[] },
): ObjectDiff {
  const fields = replacingFields(after, options);
  const changes = new Map<string, Change>();
  compare([], before, after, (path, kind, value) => {
    const text = formatPath(path);
    if (options.ignoreChanges.some((ignored) => isAtOrBelow(text, ignored))) return;
    // metadata as a whole holds the name
    const replace = fields.some((field) => touches(field, path, value)) || (kind === "delete" && text === "metadata");
    changes.set(text, { kind, replace });
  });
  const replaces = [...changes].filter(([, change]) => change.replace).map(([path]) => path);
  return { changes, replaces, deleteBeforeReplace: replaces.length > 0 && hasFixedName(after, before) };
}

/** Whether the object must have the name of the one that is there: the program chose it, and both are in one namespace. */
export function hasFixedName(after: KubeObject, before: KubeObject): boolean {
  return (
    nameOf(after) !== "" &&
    !isAnnotated(after, annotations.autonamed) &&
    nameOf(after) === nameOf(before) &&
    namespaceOf(after) === namespaceOf(before)
  );
}

type Report = (path: Path, kind: ChangeKind, value: Value | undefined) => void;

function compare(path: Path, before: Value | undefined, after: Value | undefined, report: Report): void {
  if (after === undefined) {
    if (before !== undefined) report(path, "delete", undefined);
  } else if (before === undefined) {
    report(path, "add", after);
  } else if (isMap(before) && isMap(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare([...path, key], before[key], after[key], report);
    }
  } else if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      compare([...path, index], before[index], after[index], report);
    }
  } else if (after instanceof Unknown || !(deepEqual(before, after) || sameQuantity(path, before, after))) {
    report(path, "update", after);
  }
}

/** A property path as Pulumi writes them; keys with special characters are quoted. */
export function formatPath(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/[."[\]]/.test(segment)) text += `["${segment.replaceAll('"', '\\"')}"]`;
    else text += text ? `.${segment}` : segment;
  }
  return text;
}

/** Segments of a property path that {@link formatPath} or a user wrote. */
export function parsePath(text: string): Path {
  return [...text.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, star, plain]) =>
      index === undefined ? (quoted?.replaceAll('\\"', '"') ?? star ?? plain ?? "") : Number(index),
  );
}

function isAtOrBelow(path: string, ancestor: string): boolean {
  const [segments, prefix] = [parsePath(path), parsePath(ancestor)];
  return (
    prefix.length <= segments.length && prefix.every((segment, index) => segment === "*" || segment === segments[index])
  );
}

const quantityKeys = new Set([
  ...["requests", "limits", "capacity", "hard", "sizeLimit", "overhead", "podFixed", "averageValue"],
  ...["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"],
]);

/** Whether both are the same amount of a resource in another spelling: 1000m and 1, 1024Mi and 1Gi. */
function sameQuantity(path: Path, before: Value, after: Value): boolean {
  if (!path.some((segment) => typeof segment === "string" && quantityKeys.has(segment))) return false;
  const [a, b] = [parseQuantity(before), parseQuantity(after)];
  return a !== undefined && a === b;
}

const suffixes: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"].map((suffix, index) => [suffix, 1000 ** (index - 3)]),
  ),
  ...Object.fromEntries(["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((suffix, index) => [suffix, 1024 ** (index + 1)])),
};

function parseQuantity(value: Value): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(|n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)$/.exec(
    String(value),
  );
  const factor = suffixes[match?.[2] ?? ""];
  if (!match || factor === undefined) return undefined;
  return Number((Number(match[1]) * factor).toPrecision(12));
}
