import { namespaceNameLabel, pinnedNamespace, type Requirement } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";
import { anyOther, leastExamples } from "./examples";
import type { PodSelector } from "./policy";
import type { Reach, Side } from "./reach";
import { podsText } from "./text";
import type { PodKind } from "./universe";

/** Most names in one line. */
const mostNames = 3;

/** The selector, if whatever it selects is meant; else the pods one by one. */
export function named(selector: PodSelector, pods: ReadonlySet<PodKind>, { side }: Reach): string {
  const workloads = [...pods].filter(({ workload }) => workload).map(({ text }) => text);
  const isMeant = [...pods].some((pod) => !pod.workload && isTypical(selector, pod, side));
  if (!isMeant) return list(workloads.length > 0 ? workloads : [...pods].map(({ text }) => text));
  return workloads.length === 0 ? podsText(selector) : `${podsText(selector)}: ${list(workloads)}`;
}

/** Whether pods have what the selector asks for, and nothing besides. */
function isTypical({ namespace, labels }: PodSelector, pod: PodKind, side: Side): boolean {
  const isLeast = (requirements: readonly Requirement[], of: Labels) =>
    leastExamples(requirements).some((least) => JSON.stringify(least) === JSON.stringify(of));
  if (!isLeast(labels, pod.labels[side])) return false;
  const { [namespaceNameLabel]: name, ...others } = pod.namespaceLabels[side];
  const pinned = pinnedNamespace(namespace);
  return pinned === undefined ? name === anyOther && isLeast(namespace, others) : name === pinned;
}

/** Some names, and how many there are besides. */
export function list(names: readonly string[]): string {
  const rest = names.length - mostNames;
  return rest > 0 ? `${names.slice(0, mostNames).join(", ")} and ${rest} more` : names.join(", ");
}
