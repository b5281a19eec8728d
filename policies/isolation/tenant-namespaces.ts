import type { Findings } from "../kernel/findings";
import { type KubernetesObject, namespaceOf } from "../kernel/object";
import { podTemplate } from "../kernel/pods";
import { stackPolicy } from "../kernel/policy";
import { namespaces, tenantLabel, tenantNamespaceLabel } from "./settings";
import { isNamespace, type TenancySettings } from "./tenants";

interface Settings extends TenancySettings {
  readonly tenantNamespaceLabel: string;
  readonly privilegedLabels: readonly string[];
}

/** What labels of a namespace say of everything in it. */
export const tenantNamespaces = stackPolicy<Settings>({
  name: "tenant-namespaces",
  description:
    "A namespace that is labelled as a tenant's holds that tenant's pods alone, and no namespace of tenants has labels that open the platform.",
  reason:
    "Network policies and the callout go by labels of namespaces: whoever is in one that is labelled as another tenant's, or as monitoring, is let in as such.",
  severity: "critical",
  settings: {
    tenantLabel,
    tenantNamespaceLabel,
    namespaces,
    privilegedLabels: {
      type: "array",
      items: { type: "string", minLength: 1 },
      description: "Labels of namespaces by which the platform lets in more than clients.",
      default: ["nats-platform/monitoring"],
    },
  },
  check: (objects, settings, findings) => {
    const tenants = new Map<string, string>();
    for (const object of objects.filter(isNamespace)) {
      findings.try(object, () => {
        const [name, tenant] = [nameOf(object), labelsOf(object).at(settings.tenantNamespaceLabel).text()];
        if (tenant !== undefined && !settings.namespaces.includes(name)) tenants.set(name, tenant);
      });
      checkNamespace(object, settings, findings);
    }
    if (tenants.size === 0) return;
    for (const object of objects) findings.try(object, () => checkPods(object, tenants, settings, findings));
  },
  example: {
    violation: "labels: { nats-platform/tenant: acme } # of Namespace shop, in which there are pods tenant-id: globex",
    fix: "labels: { nats-platform/tenant: globex }",
  },
});

const nameOf = ({ root }: KubernetesObject) => root.at("metadata", "name").text() ?? "";
const labelsOf = ({ root }: KubernetesObject) => root.at("metadata", "labels");

function checkNamespace(object: KubernetesObject, settings: Settings, findings: Findings): void {
  findings.try(object, () => {
    const isAllTenants = settings.namespaces.includes(nameOf(object));
    const tenant = labelsOf(object).at(settings.tenantNamespaceLabel);
    if (isAllTenants && tenant.isThere) {
      findings.add(object, tenant, "must not be set: every tenant has pods there", "Take the label away.");
    }
    if (!isAllTenants && !tenant.isThere) return;
    findings.each(object, settings.privilegedLabels, (key) => {
      const label = labelsOf(object).at(key);
      if (!label.isThere) return;
      findings.add(object, label, "must not be on a namespace of tenants", "Take the label away.");
    });
  });
}

function checkPods(
  object: KubernetesObject,
  tenants: ReadonlyMap<string, string>,
  settings: Settings,
  findings: Findings,
): void {
  const id = podTemplate(object)?.at("metadata", "labels", settings.tenantLabel);
  const namespace = id && namespaceOf(object);
  const tenant = namespace && tenants.get(namespace);
  if (!id || tenant === undefined || (id.text() ?? tenant) === tenant) return;
  findings.add(
    object,
    id,
    `must be ${JSON.stringify(tenant)}, of whom namespace ${namespace} is by its label ${settings.tenantNamespaceLabel}`,
    "Make the pods in a namespace of their own tenant.",
  );
}
