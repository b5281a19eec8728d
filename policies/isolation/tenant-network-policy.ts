import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { stackPolicy } from "../kernel/policy";
import { isIngress } from "./ingress/network-policy";
import { isNetworkPolicy } from "./ingress/statements";
import { pinned, requirementsOf, selects } from "./requirements";
import { isAny } from "./search";
import { instanceLabels, type Labels, tenantLabel } from "./settings";
import { type Instance, instanceOf } from "./tenants";

/** A policy around every instance. */
export const tenantNetworkPolicy = stackPolicy<{ tenantLabel: string; instanceLabels: Labels }>({
  name: "tenant-network-policy",
  description: "Every instance of a tenant is selected, by that tenant's id, by a NetworkPolicy for ingress.",
  reason: "Pods that no NetworkPolicy selects are open to every pod of the cluster, other tenants' among them.",
  severity: "critical",
  settings: { tenantLabel, instanceLabels },
  check: (objects, settings, findings) => {
    // A patch changes a policy of which the rest is not seen.
    const policies = objects.filter((object) => isNetworkPolicy(object) && !object.isPatch);
    for (const object of objects) {
      findings.try(object, () => {
        const instance = instanceOf(object, settings);
        if (!instance) return;
        if (isAny(policies, (policy) => guards(policy, instance, settings.tenantLabel), findings)) return;
        findings.add(
          object,
          instance.field,
          `in namespace ${instance.namespace} no NetworkPolicy of this stack selects these pods by it, with policyTypes Ingress`,
          `Make one with podSelector.matchLabels.${settings.tenantLabel}: ${instance.tenant}, before the pods.`,
        );
      });
    }
  },
  example: {
    violation: "podSelector: { matchLabels: { app: nats, tenant-id: globex } } # around the instances of acme",
    fix: "podSelector: { matchLabels: { app: nats, tenant-id: acme } }",
  },
});

function guards(policy: KubernetesObject, { namespace, labels, tenant }: Instance, label: string): boolean {
  if (namespaceOf(policy) !== namespace) return false;
  const spec = policy.root.at("spec");
  const requirements = requirementsOf(spec.at("podSelector"));
  return pinned(requirements, label) === tenant && selects(requirements, labels) && isIngress(spec.at("policyTypes"));
}
