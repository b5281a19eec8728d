import type { Findings } from "../kernel/findings";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { stackPolicy } from "../kernel/policy";
import { isNetworkPolicy } from "./ingress/statements";
import { requirementsOf } from "./requirements";
import { isAny } from "./search";
import { instanceLabels, type Labels, namespaces, tenantLabel } from "./settings";
import { instanceOf } from "./tenants";

interface Settings {
  tenantLabel: string;
  instanceLabels: Labels;
  namespaces: string[];
}

/** Nothing is open in a tenants' namespace that no policy opens. */
export const tenantDefaultDeny = stackPolicy<Settings>({
  name: "tenant-default-deny",
  description: "A namespace of tenants has a NetworkPolicy that denies every pod of it everything, both ways.",
  reason:
    "Pods that no other policy selects, such as a tenant's own, would be open to all and could connect to anything.",
  severity: "high",
  settings: { tenantLabel, instanceLabels, namespaces },
  check: (objects, settings, findings) => {
    const made = objects.filter(({ kind, apiVersion, isPatch }) => {
      return kind === "Namespace" && apiVersion === "v1" && !isPatch;
    });
    if (made.length === 0) return;
    const held = [...settings.namespaces, ...instanceNamespaces(objects, settings, findings)];
    const policies = objects.filter((object) => isNetworkPolicy(object) && !object.isPatch);
    for (const object of made) {
      findings.try(object, () => {
        const field = object.root.at("metadata", "name");
        const name = field.text() ?? "";
        if (!held.includes(name)) return;
        if (isAny(policies, (policy) => namespaceOf(policy) === name && deniesAll(policy), findings)) return;
        findings.add(
          object,
          field,
          "holds tenants, and no NetworkPolicy of this stack denies all in it",
          "Make one in it with podSelector: {}, policyTypes: [Ingress, Egress] and no rules.",
        );
      });
    }
  },
  example: {
    violation: "spec: { podSelector: {}, policyTypes: [Ingress] }",
    fix: "spec: { podSelector: {}, policyTypes: [Ingress, Egress] }",
  },
});

function instanceNamespaces(objects: readonly KubernetesObject[], settings: Settings, findings: Findings): string[] {
  const found: string[] = [];
  for (const object of objects) {
    findings.try(object, () => {
      const instance = instanceOf(object, settings);
      if (instance) found.push(instance.namespace);
    });
  }
  return found;
}

function deniesAll({ root }: KubernetesObject): boolean {
  const spec = root.at("spec");
  const types = spec
    .at("policyTypes")
    .list()
    .map((type) => type.text());
  return (
    requirementsOf(spec.at("podSelector")).length === 0 &&
    ["Ingress", "Egress"].every((type) => types.includes(type)) &&
    ["ingress", "egress"].every((rules) => spec.at(rules).list().length === 0)
  );
}
