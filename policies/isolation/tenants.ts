import type { Field } from "../kernel/field";
import { isCustom, type KubernetesObject, namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { canHold, equal, exists, namespaceNamed, type Requirement } from "./requirements";
import type { Labels } from "./settings";

/** What tells what is a tenant's. */
export interface TenancySettings {
  readonly tenantLabel: string;
  readonly namespaces: readonly string[];
}

/** Whether an object is a Namespace. */
export function isNamespace({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Namespace" && !isCustom(apiVersion);
}

/** Whether something is in a namespace of tenants. What is not in any namespace is in none of theirs. */
export function isInTenancy(object: KubernetesObject, { namespaces }: Pick<TenancySettings, "namespaces">): boolean {
  return namespaces.includes(namespaceOf(object));
}

/** Whether an object is a tenant's: by the label on itself, on its pods or in its selector, or because of where it is. */
export function isTenants(object: KubernetesObject, settings: TenancySettings): boolean {
  const { tenantLabel } = settings;
  const template = podTemplate(object);
  const maps = [object.root.at("metadata", "labels"), ...(template ? [template.at("metadata", "labels")] : [])];
  return (
    maps.some((labels) => labels.at(tenantLabel).isThere) ||
    isSelecting(object, tenantLabel) ||
    isInTenancy(object, settings)
  );
}

/** Whether the selector of a workload or Service names the label. */
function isSelecting({ kind, root }: KubernetesObject, label: string): boolean {
  if (kind === "Pod" || kind === "PodTemplate") return false;
  const selector = root.at("spec", "selector");
  if (selector.at(label).isThere || selector.at("matchLabels", label).isThere) return true;
  const expressions = selector.at("matchExpressions").list();
  return expressions.some((expression) => expression.at("key").text() === label);
}

/** The pods of a tenant's instances, as far as anybody knows who does not see them. */
export interface Instances {
  readonly namespaces: readonly string[];
  readonly labels: readonly Requirement[];
}

/** Whether what is asked could be so of one of those pods. */
export function couldSelect(
  subject: { readonly namespace: readonly Requirement[]; readonly labels: readonly Requirement[] },
  pods: Instances,
): boolean {
  const isThere = pods.namespaces.some((name) => canHold([...subject.namespace, ...namespaceNamed(name)]));
  return isThere && canHold([...subject.labels, ...pods.labels]);
}

/** What is known of the labels of every tenant's instances. */
export function instanceRequirements(tenantLabel: string, instanceLabels: Labels): Requirement[] {
  return [...equal(instanceLabels), exists(tenantLabel)];
}

/** A workload whose pods are a tenant's instances. */
export interface Instance {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly labels: Labels;
  readonly tenant: string;
  /** Where the tenant's id stands. */
  readonly field: Field;
}

/** The instances that an object makes; undefined if it makes none. */
export function instanceOf(
  object: KubernetesObject,
  { tenantLabel, instanceLabels }: { readonly tenantLabel: string; readonly instanceLabels: Labels },
): Instance | undefined {
  const field = podTemplate(object)?.at("metadata", "labels");
  if (!field) return undefined;
  const labels = field.texts();
  const tenant = labels[tenantLabel];
  const isInstance = Object.entries(instanceLabels).every(([key, value]) => labels[key] === value);
  if (tenant === undefined || !isInstance) return undefined;
  return { object, namespace: namespaceOf(object), labels, tenant, field: field.at(tenantLabel) };
}
