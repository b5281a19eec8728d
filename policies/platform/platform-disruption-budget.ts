import { type Field, Misshapen } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { selects, selectsAll } from "../kernel/selector";
import { fullName, isCluster } from "./servers";
import { production, servers } from "./settings";

const make =
  "Make a PodDisruptionBudget with maxUnavailable: 1 whose selector selects these pods (chart: podDisruptionBudget: { enabled: true }).";

/** How many servers drains and upgrades of nodes may take at once. */
export const platformDisruptionBudget = stackPolicy<{ production: boolean; servers: string[] }>({
  name: "platform-disruption-budget",
  description:
    "In production one PodDisruptionBudget lets one NATS server of a cluster be evicted at a time, not more and not none.",
  reason:
    "Nodes that are drained together take the majority with them, and JetStream stops; where no server may ever go, no node can be drained.",
  severity: "high",
  settings: { production, servers },
  check: (objects, settings, findings) => {
    if (!settings.production) return;
    const workloads: Workload[] = [];
    for (const object of objects) {
      findings.try(object, () => workloads.push(...workloadsOf(object, settings.servers)));
    }
    const budgets = objects.filter(({ kind, isPatch }) => kind === "PodDisruptionBudget" && !isPatch);
    for (const workload of workloads) {
      if (workload.isCluster) checkBudgets(workload, budgets, workloads, findings);
    }
    const patches = objects.filter(({ kind, isPatch }) => kind === "PodDisruptionBudget" && isPatch);
    for (const patch of patches) findings.try(patch, () => checkPatch(patch, settings.servers, findings));
  },
  example: {
    violation:
      "PodDisruptionBudget: { maxUnavailable: 2, selector: { matchLabels: { app.kubernetes.io/name: nats } } }",
    fix: "PodDisruptionBudget: { maxUnavailable: 1, selector: { matchLabels: { app.kubernetes.io/name: nats } } }",
  },
});

/** What makes pods that a budget counts. */
interface Workload {
  readonly object: KubernetesObject;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Whether these are the servers of a cluster. */
  readonly isCluster: boolean;
}

const kinds = ["StatefulSet", "Deployment", "ReplicaSet", "ReplicationController"];

/** The workload that an object is; none if it is something else. */
function workloadsOf(object: KubernetesObject, servers: readonly string[]): Workload[] {
  const template = podTemplate(object);
  if (!template || object.isPatch || !kinds.includes(object.kind)) return [];
  const labels = template.at("metadata", "labels").texts();
  // Kubernetes' own default is one.
  const replicas = object.root.at("spec", "replicas").number() ?? 1;
  return [{ object, namespace: namespaceOf(object), labels, replicas, isCluster: isCluster(object, servers) }];
}

function checkBudgets(
  workload: Workload,
  budgets: readonly KubernetesObject[],
  workloads: readonly Workload[],
  findings: Findings,
): void {
  const doubts = findings.doubts.length;
  const own: KubernetesObject[] = [];
  for (const budget of budgets) {
    findings.try(budget, () => {
      if (isFor(budget, workload)) own.push(budget);
    });
  }
  const [budget, second] = own;
  if (!budget) {
    // One that cannot be told may be it.
    if (findings.doubts.length > doubts) return;
    const { object } = workload;
    const labels = object.root.at("spec", "template", "metadata", "labels");
    findings.add(object, labels, "a PodDisruptionBudget of this stack must select these pods", make);
    return;
  }
  findings.try(budget, () => checkAllowed(budget, workloads, findings));
  if (!second) return;
  const accepted = "must not select pods that another PodDisruptionBudget selects, for then none is ever evicted";
  findings.add(second, second.root.at("spec", "selector"), accepted, "Delete one of the two.");
}

function isFor(budget: KubernetesObject, { namespace, labels }: Workload): boolean {
  if (namespaceOf(budget) !== namespace) return false;
  const selector = budget.root.at("spec", "selector");
  // In the API's older version an empty selector selects nothing.
  if (budget.apiVersion === "policy/v1beta1" && selectsAll(selector)) return false;
  return selects(selector, labels);
}

/** As Kubernetes counts: a share is one of all pods that the budget selects, rounded up. */
function checkAllowed(budget: KubernetesObject, workloads: readonly Workload[], findings: Findings): void {
  const pods = workloads.filter((workload) => isFor(budget, workload)).reduce((sum, { replicas }) => sum + replicas, 0);
  const [most, least] = [budget.root.at("spec", "maxUnavailable"), budget.root.at("spec", "minAvailable")];
  const allowed = most.isThere ? countOf(most, pods) : pods - (least.isThere ? countOf(least, pods) : 0);
  if (allowed === 1) return;
  const field = least.isThere && !most.isThere ? least : most;
  const accepted = `must let exactly 1 of ${pods} pods be evicted, and lets ${Math.max(allowed, 0)}`;
  findings.add(budget, field, accepted, "Set maxUnavailable: 1, in place of minAvailable.");
}

function countOf(field: Field, pods: number): number {
  const { value } = field;
  if (typeof value === "number" && Number.isInteger(value)) return value;
  const [, percent] = typeof value === "string" ? (/^(\d+)%$/.exec(value) ?? []) : [];
  if (percent === undefined) throw new Misshapen(field, "a whole number, or a share such as 34%");
  return Math.ceil((Number(percent) * pods) / 100);
}

/** A patch says nothing of pods, but is of the name that the chart gives the servers' budget: that of the servers. */
function checkPatch(patch: KubernetesObject, names: readonly string[], findings: Findings): void {
  if (!names.includes(fullName(patch))) return;
  const [most, least] = [patch.root.at("spec", "maxUnavailable"), patch.root.at("spec", "minAvailable")];
  if (most.isThere && most.value !== 1) findings.add(patch, most, "must be 1", "Leave the servers' budget as it is.");
  if (least.value !== undefined) {
    findings.add(patch, least, "must not be set beside maxUnavailable", "Leave the servers' budget as it is.");
  }
}
