import type { Field } from "../../kernel/field";
import { type KubernetesObject, namespaceOf } from "../../kernel/object";
import { equal, exists, namespaceNamed, namespaceNameLabel, type Requirement } from "../requirements";
import { isIngress } from "./network-policy";
import type { Statement } from "./statement";

const admitsNobody = ["Deny", "Log", "Drop", "Reject"];

/** Name of a namespace, as Calico has it among a namespace's labels. */
const calicoNameLabel = "projectcalico.org/name";

/**
 * Policies of network plugins whose rules are not read: Calico's and Antrea's. They are looked at before NetworkPolicies are, and what they let in
 * is in. Whom they are about is read where it is simple, and taken to be everybody where it is not.
 */
export function foreignPolicy(object: KubernetesObject): Statement[] {
  const spec = object.root.at("spec");
  const rules = spec
    .at("ingress")
    .list()
    .filter((rule) => !admitsNobody.includes(rule.at("action").text() ?? ""));
  const namespace =
    object.kind === "NetworkPolicy" ? namespaceNamed(namespaceOf(object)) : expression(spec.at("namespaceSelector"));
  const subject = { namespace, labels: expression(spec.at("selector")) };
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
