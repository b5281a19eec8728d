import { parseAllDocuments } from "yaml";
import { isMap } from "../../rpc/values";
import {
  annotationOf,
  apiVersionOf,
  type GroupVersionKind,
  gvkOf,
  isCustomResourceDefinition,
  type KubeObject,
  kindOf,
  mapsAt,
  nameOf,
  namespaceOf,
  textAt,
} from "../objects";

/**
 * The objects of a manifest, lists taken apart, each with apiVersion, kind and name.
 * @throws {Error} if the YAML does not parse or an object lacks one of these
 */
export function parseManifest(manifest: string): KubeObject[] {
  // What Kubernetes' own YAML reader does: YAML 1.1 (0644 is octal, yes is true), without its dates and base-60 numbers.
  const documents = parseAllDocuments(manifest, {
    version: "1.1",
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === "string" || !("format" in tag && tag.format === "TIME")).filter(notTimestamp),
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`the rendered chart is not valid YAML: ${error.message}`);
    const value: unknown = document.toJS();
    return isMap(value) ? expandList(value) : [];
  });
}

function notTimestamp(tag: unknown): boolean {
  return !(typeof tag === "object" && tag !== null && "tag" in tag && tag.tag === "tag:yaml.org,2002:timestamp");
}

function expandList(object: KubeObject): KubeObject[] {
  if (Object.keys(object).length === 0) return [];
  if (kindOf(object).endsWith("List") && Array.isArray(object.items))
    return mapsAt(object, "items").flatMap(expandList);
  for (const [what, value] of Object.entries({
    kind: kindOf(object),
    apiVersion: apiVersionOf(object),
    "metadata.name": nameOf(object),
  })) {
    if (!value) throw new Error(`Kubernetes resources require a ${what}: ${JSON.stringify(object).slice(0, 100)}`);
  }
  return [object];
}

/** Objects in the order they must be created: each list needs something of the lists before it, and nothing of its own or later ones. */
export function dependencyLevels(objects: readonly KubeObject[]): KubeObject[][] {
  const needs = new Map(objects.map((object) => [object, dependenciesOf(object, objects)]));
  const levels: KubeObject[][] = [];
  const placed = new Set<KubeObject>();
  while (placed.size < objects.length) {
    const level = objects.filter(
      (object) => !placed.has(object) && needs.get(object)?.every((need) => placed.has(need)),
    );
    if (level.length === 0) {
      const rest = objects
        .filter((object) => !placed.has(object))
        .map((object) => `${kindOf(object)} ${nameOf(object)}`);
      throw new Error(`objects of the chart depend on each other in a circle: ${rest.join(", ")}`);
    }
    for (const object of level) placed.add(object);
    levels.push(level);
  }
  return levels;
}

/** What an object needs of the others: its Namespace, the definition of its kind, and what the annotation config.kubernetes.io/depends-on lists. */
export function dependenciesOf(object: KubeObject, others: readonly KubeObject[]): KubeObject[] {
  const references = annotationOf(object, "config.kubernetes.io/depends-on").split(",").filter(Boolean);
  return others.filter(
    (other) =>
      other !== object &&
      ((kindOf(other) === "Namespace" && nameOf(other) === namespaceOf(object)) ||
        defines(other, gvkOf(object)) ||
        references.some((reference) => reference.trim() === referenceOf(other))),
  );
}

function defines(other: KubeObject, { group, kind }: GroupVersionKind): boolean {
  return (
    isCustomResourceDefinition(other) &&
    textAt(other, "spec", "group") === group &&
    textAt(other, "spec", "names", "kind") === kind
  );
}

function referenceOf(object: KubeObject): string {
  const { group, kind } = gvkOf(object);
  const scope = namespaceOf(object) ? `namespaces/${namespaceOf(object)}/` : "";
  return `${group}/${scope}${kind}/${nameOf(object)}`;
}
