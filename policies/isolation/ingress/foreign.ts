import type { Field } from "../../kernel/field";
import { groupOf, type KubernetesObject, namespaceOf } from "../../kernel/object";
import { equal, exists, namespaceNamed, namespaceNameLabel, type Requirement } from "../requirements";
import { isIngress } from "./network-policy";
import type { Statement } from "./statement";

const admitsNobody = ["Deny", "Log", "Drop", "Reject"];

/** Name of a namespace, as Calico has it among a namespace's labels. */
const calicoNameLabel = "projectcalico.org/name";

/** Groups of Calico's kinds: by its own API server, and without it. */
const calicoGroups = ["projectcalico.org", "crd.projectcalico.org"];

/**
 * Policies of network plugins whose rules are not read: Calico's, Antrea's and others'. They are looked at before NetworkPolicies are, and what they let
 * in is in. Whom Calico's are about is read where it is simple, and taken to be everybody where it is not. So are those of others: fields by which
 * Calico would make an exception mean nothing to them.
 */
export function foreignPolicy(object: KubernetesObject): Statement[] {
  const spec = object.root.at("spec");
  const isCalico = calicoGroups.includes(groupOf(object.apiVersion));
  // Other projects have quite other things of that name.
  if (object.kind === "Profile" && !isCalico) return [];
  const rules = spec
    .at("ingress")
    .list()
    .filter((rule) => !admitsNobody.includes(rule.at("action").text() ?? ""));
  const own = object.kind === "NetworkPolicy" ? namespaceNamed(namespaceOf(object)) : undefined;
  if (!isCalico) return [{ subject: { namespace: own ?? [], labels: [] }, rules }];
  const subject = {
    namespace: own ?? expression(spec.at("namespaceSelector")),
    labels: expression(spec.at("selector")),
  };
  return [{ subject, rules: isIngress(spec.at("types")) ? rules : [] }];
}

/** A selector that is text: `a == 'b'` and `has(a)`, joined by `&&`; anything else asks nothing. */
function expression(field: Field): Requirement[] {
  const { value } = field;
  if (typeof value !== "string") return [];
  const parts = value.split("&&").map((part) => {
    const [, key, text] = /^\s*([\w./-]+)\s*==\s*['"]([^'"]*)['"]\s*$/.exec(part) ?? [];
    const [, there] = /^\s*has\(([\w./-]+)\)\s*$/.exec(part) ?? [];
    if (key !== undefined && text !== undefined) {
      return equal({ [key === calicoNameLabel ? namespaceNameLabel : key]: text });
    }
    return there === undefined ? undefined : [exists(there)];
  });
  return parts.some((part) => part === undefined) ? [] : parts.flatMap((part) => part ?? []);
}
