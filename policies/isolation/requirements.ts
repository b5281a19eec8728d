import type { Field } from "../kernel/field";
import type { Labels } from "./settings";

/** What a selector asks of one label. */
export interface Requirement {
  readonly key: string;
  /** Kubernetes knows `In`, `NotIn`, `Exists` and `DoesNotExist`; another one is taken to ask nothing. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** The label that Kubernetes itself keeps on every namespace. */
export const namespaceNameLabel = "kubernetes.io/metadata.name";

/** All that a LabelSelector asks; nothing for one that selects everything. */
export function requirementsOf(selector: Field): Requirement[] {
  const expressions = selector.at("matchExpressions").list();
  return [
    ...equal(selector.at("matchLabels").texts()),
    ...expressions.map((expression) => ({
      key: expression.at("key").text() ?? "",
      operator: expression.at("operator").text() ?? "",
      values: expression
        .at("values")
        .list()
        .map((value) => value.text() ?? ""),
    })),
  ];
}

/** Each label has that value. */
export function equal(labels: Labels): Requirement[] {
  return Object.entries(labels).map(([key, value]) => ({ key, operator: "In", values: [value] }));
}

/** The label is there. */
export function exists(key: string): Requirement {
  return { key, operator: "Exists", values: [] };
}

/** Of a namespace: it is the one of that name. */
export function namespaceNamed(name: string): Requirement[] {
  return equal({ [namespaceNameLabel]: name });
}

/** The values that a label may have, if there are only some. */
function valuesLeft(requirements: readonly Requirement[], key: string): readonly string[] | undefined {
  const own = requirements.filter((requirement) => requirement.key === key);
  const valuesOf = (operator: string) => own.filter((one) => one.operator === operator).map(({ values }) => values);
  const [first, ...others] = valuesOf("In");
  const excluded = valuesOf("NotIn").flat();
  return first?.filter((value) => others.every((list) => list.includes(value)) && !excluded.includes(value));
}

/** The only value that a label can have; undefined if there are others, or none. */
export function pinned(requirements: readonly Requirement[], key: string): string | undefined {
  const left = new Set(valuesLeft(requirements, key));
  return left.size === 1 ? [...left][0] : undefined;
}

/** The only namespace that is meant. */
export function pinnedNamespace(requirements: readonly Requirement[]): string | undefined {
  return pinned(requirements, namespaceNameLabel);
}

/** Whether everything that is as these ask has the labels. */
export function imply(requirements: readonly Requirement[], labels: readonly Requirement[]): boolean {
  return labels.every(({ key, values }) => pinned(requirements, key) === values[0]);
}

/** Whether anything at all could be as all of these ask. Labels that nobody speaks of may be there or not. */
export function canHold(requirements: readonly Requirement[]): boolean {
  return requirements.every(({ key }) => {
    const own = requirements.filter((requirement) => requirement.key === key);
    const isNeeded = own.some(({ operator }) => operator === "In" || operator === "Exists");
    if (isNeeded && own.some(({ operator }) => operator === "DoesNotExist")) return false;
    const left = valuesLeft(requirements, key);
    return left === undefined || left.length > 0;
  });
}

/** Whether something with exactly these labels is selected. */
export function selects(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === "In") return value !== undefined && values.includes(value);
    if (operator === "NotIn") return value === undefined || !values.includes(value);
    if (operator === "Exists") return value !== undefined;
    return operator === "DoesNotExist" && value === undefined;
  });
}
