import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import { selects, selectsAll } from "../kernel/selector";
import { isCluster } from "./servers";
import { production, servers } from "./settings";

const hostname = "kubernetes.io/hostname";

/** By which a rule may tell pods apart: pods of one revision are in the end all pods. */
const harmlessKeys = ["controller-revision-hash", "pod-template-hash"];

const spread =
  "Set topologySpreadConstraints: [{ topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: <labels of the pods> } }].";

/** Where the servers of a cluster run. */
export const platformSpread = objectPolicy<{ production: boolean; servers: string[] }>({
  name: "platform-spread",
  description: "In production no two servers of a NATS cluster run on one node while another has none.",
  reason: "Servers on one node die together, and with them the majority: JetStream stops, and copies on them are gone.",
  severity: "high",
  kinds: ["StatefulSet", "Deployment", "ReplicaSet", "ReplicationController"],
  settings: { production, servers },
  check: (object, settings, findings) => {
    const template = podTemplate(object);
    if (!settings.production || !template || !isCluster(object, settings.servers)) return;
    findings.try(object, () => checkPinned(object, template, findings));
    const constraints = template.at("spec", "topologySpreadConstraints");
    if (object.isPatch && !constraints.isThere) return;
    const rules = constraints.list().filter((rule) => rule.at("topologyKey").text() === hostname);
    const faults = rules.map((rule) => faultOf(rule, template));
    if (faults.includes(undefined) || keepsApart(object, template)) return;
    const [fault] = faults;
    if (fault) findings.add(object, fault.field, fault.accepted, spread);
    else findings.add(object, constraints, `must have one by ${hostname}`, spread);
  },
  example: {
    violation: "{ topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: ScheduleAnyway }",
    fix: "{ topologyKey: kubernetes.io/hostname, maxSkew: 1, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app.kubernetes.io/name: nats } } }",
  },
});

interface Fault {
  readonly field: Field;
  readonly accepted: string;
}

/** Why a constraint does not keep servers apart, if it does not. */
function faultOf(rule: Field, template: Field): Fault | undefined {
  const skew = rule.at("maxSkew");
  if (skew.number() !== 1) return { field: skew, accepted: "must be 1" };
  const unsatisfiable = rule.at("whenUnsatisfiable");
  if (unsatisfiable.text() !== "DoNotSchedule") return { field: unsatisfiable, accepted: "must be DoNotSchedule" };
  const selector = rule.at("labelSelector");
  // Where all pods of the namespace are counted, servers may be together if others are apart.
  if (selectsAll(selector) || !selects(selector, template.at("metadata", "labels").texts())) {
    return { field: selector, accepted: "must select the pods of this workload, and not simply all" };
  }
  return faultOfKeys(rule, ["matchLabelKeys"]);
}

/** A rule that compares pods by labels they do not share is about no two of them. */
function faultOfKeys(rule: Field, lists: readonly string[]): Fault | undefined {
  const keys = lists.flatMap((list) => rule.at(list).list());
  const field = keys.find((key) => !harmlessKeys.includes(key.text() ?? ""));
  return field && { field, accepted: "must be no label that differs between the pods" };
}

/** Whether required anti-affinity does the same. */
function keepsApart(object: KubernetesObject, template: Field): boolean {
  const terms = template.at("spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const labels = template.at("metadata", "labels").texts();
  return terms
    .list()
    .some(
      (term) =>
        term.at("topologyKey").text() === hostname &&
        isAboutOwnNamespace(term, object) &&
        selects(term.at("labelSelector"), labels) &&
        !faultOfKeys(term, ["matchLabelKeys", "mismatchLabelKeys"]),
    );
}

/** A term is about the pod's own namespace where it names none. */
function isAboutOwnNamespace(term: Field, object: KubernetesObject): boolean {
  const names = term.at("namespaces").list();
  const selector = term.at("namespaceSelector");
  const isNamed = names.some((name) => name.text() === namespaceOf(object));
  return isNamed || (selector.isThere ? selectsAll(selector) : names.length === 0);
}

/** A pod that names its node is put there by no scheduler; one that names it by label has no other to go to. */
function checkPinned(object: KubernetesObject, template: Field, findings: Findings): void {
  const places = [template.at("spec", "nodeName"), template.at("spec", "nodeSelector").at(hostname)];
  findings.each(object, places, (field) => {
    if (field.text()) findings.add(object, field, "must not be set", "Let the scheduler choose nodes.");
  });
}
