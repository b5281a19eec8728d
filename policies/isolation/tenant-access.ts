import type { Findings } from "../kernel/findings";
import { isCustom, type KubernetesObject, nameOf, namespaceOf } from "../kernel/object";
import { stackPolicy } from "../kernel/policy";
import { clusterRights, namespacedRights, rightsOf } from "./rights";
import { namespaces, tenantNamespaceLabel } from "./settings";
import { isNamespace } from "./tenants";

interface Settings {
  readonly namespaces: readonly string[];
  readonly tenantNamespaceLabel: string;
  readonly trusted: readonly string[];
}

/** ClusterRoles that every cluster has, and that read Secrets and enter pods wherever they are bound. */
const broadRoles = ["cluster-admin", "admin", "edit"];

/** Who, by RBAC, could be a tenant. */
export const tenantAccess = stackPolicy<Settings>({
  name: "tenant-access",
  description:
    "No Role lets anybody take a tenant's tokens or Secrets, enter its pods, or change what keeps tenants apart.",
  reason:
    "Who may have a token made for a tenant's ServiceAccount, read its creds or run a command in its pods is that tenant to everybody; no NetworkPolicy is asked.",
  severity: "critical",
  settings: {
    namespaces,
    tenantNamespaceLabel,
    trusted: {
      type: "array",
      items: { type: "string", minLength: 1 },
      description:
        "Roles, ClusterRoles and bindings that may, because they are of those who run the platform; as namespace/name, or as name where there is no namespace.",
      default: [],
    },
  },
  check: (objects, settings, findings) => {
    const theirs = tenantNamespaces(objects, settings, findings);
    for (const object of objects.filter(isRbac)) {
      findings.try(object, () => {
        if (!settings.trusted.includes(nameOf(object))) checkObject(object, theirs, findings);
      });
    }
  },
  example: {
    violation:
      'rules: [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }] # in vrsky-tenants',
    fix: "No such rule: pods get tokens of their own by a projected volume.",
  },
});

function isRbac({ apiVersion, kind }: KubernetesObject): boolean {
  return ["Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"].includes(kind) && !isCustom(apiVersion);
}

/** All tenants' namespaces, and those that the stack labels as one tenant's. */
function tenantNamespaces(
  objects: readonly KubernetesObject[],
  { namespaces, tenantNamespaceLabel }: Settings,
  findings: Findings,
): ReadonlySet<string> {
  const found = new Set(namespaces);
  for (const object of objects.filter(isNamespace)) {
    findings.try(object, () => {
      const isTenants = object.root.at("metadata", "labels", tenantNamespaceLabel).isThere;
      if (isTenants) found.add(object.root.at("metadata", "name").text() ?? "");
    });
  }
  return found;
}

function checkObject(object: KubernetesObject, theirs: ReadonlySet<string>, findings: Findings): void {
  const { kind, root } = object;
  const isOfCluster = kind.startsWith("Cluster");
  if (!isOfCluster && !theirs.has(namespaceOf(object))) return;
  if (kind.endsWith("Binding")) checkBinding(object, findings);
  else {
    const rights = isOfCluster ? clusterRights : namespacedRights;
    findings.each(object, root.at("rules").list(), (rule) => {
      for (const { resource, gives } of rightsOf(rule, rights)) {
        const accepted = `must not include ${resource} with these verbs (${shown(rule.at("verbs").value)}): it gives ${gives}`;
        findings.add(object, rule.at("resources"), accepted, remedy(object));
      }
    });
  }
}

function checkBinding(object: KubernetesObject, findings: Findings): void {
  const role = object.root.at("roleRef", "name");
  const isOfCluster = object.root.at("roleRef", "kind").text() !== "Role";
  if (!isOfCluster || !broadRoles.includes(role.text() ?? "")) return;
  const accepted = "must be another: it reads every Secret and enters every pod where tenants are";
  findings.add(object, role, accepted, remedy(object));
}

const shown = (verbs: unknown) => JSON.stringify(verbs);

function remedy(object: KubernetesObject): string {
  return `Give what is needed, by name; if it is of those who run the platform, add ${JSON.stringify(nameOf(object))} to trusted of tenant-access in policy-config.json.`;
}
