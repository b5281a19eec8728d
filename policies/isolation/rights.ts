import type { Field } from "../kernel/field";

/** What somebody may do by which one becomes a tenant, reads what is a tenant's, or opens the way to it. */
export interface Right {
  readonly group: string;
  /** With its subresource, such as `pods/exec`. */
  readonly resource: string;
  readonly verbs: readonly string[];
  /** What comes of it, in words. */
  readonly gives: string;
  /** Whether it is no harm where objects are named, one by one. */
  readonly isFineByName?: true;
}

const read = ["get", "list", "watch"];
const write = ["create", "update", "patch", "delete", "deletecollection"];

/** In a namespace. */
export const namespacedRights: readonly Right[] = [
  { group: "", resource: "serviceaccounts/token", verbs: ["create"], gives: "tokens of a tenant's ServiceAccounts" },
  { group: "", resource: "serviceaccounts", verbs: ["impersonate"], gives: "the place of a tenant's ServiceAccounts" },
  { group: "", resource: "secrets", verbs: read, gives: "the creds of tenants", isFineByName: true },
  // A GET that is upgraded to a WebSocket counts as `get`.
  { group: "", resource: "pods/exec", verbs: ["create", "get"], gives: "a shell in a tenant's pods" },
  { group: "", resource: "pods/attach", verbs: ["create", "get"], gives: "the terminal of a tenant's pods" },
  {
    group: "",
    resource: "pods/portforward",
    verbs: ["create", "get"],
    gives: "a way to pods past every NetworkPolicy",
  },
  {
    group: "",
    resource: "pods/ephemeralcontainers",
    verbs: ["update", "patch"],
    gives: "containers in a tenant's pods",
  },
  { group: "networking.k8s.io", resource: "networkpolicies", verbs: write, gives: "NetworkPolicies of tenants" },
];

/** In the whole cluster. */
export const clusterRights: readonly Right[] = [
  ...namespacedRights,
  { group: "", resource: "users", verbs: ["impersonate"], gives: "the place of anybody" },
  { group: "", resource: "groups", verbs: ["impersonate"], gives: "the place of anybody" },
  { group: "", resource: "nodes/proxy", verbs: ["create", "get"], gives: "the kubelets, and so every pod" },
  { group: "", resource: "namespaces", verbs: ["update", "patch"], gives: "labels that say whose a namespace is" },
  {
    group: "admissionregistration.k8s.io",
    resource: "validatingadmissionpolicies",
    verbs: write.slice(1),
    gives: "the policies that the API server holds tenants to",
  },
  {
    group: "admissionregistration.k8s.io",
    resource: "validatingadmissionpolicybindings",
    verbs: write.slice(1),
    gives: "the policies that the API server holds tenants to",
  },
];

/**
 * Those of the rights that a rule of a Role gives.
 * @throws {Undecided} if what is needed of the rule is not known yet
 */
export function rightsOf(rule: Field, rights: readonly Right[]): Right[] {
  const [groups, resources, verbs] = [listed(rule, "apiGroups"), listed(rule, "resources"), listed(rule, "verbs")];
  const isNaming = rule.at("resourceNames").list().length > 0;
  const isGiven = ({ group, resource, verbs: wanted, isFineByName }: Right) =>
    !(isNaming && isFineByName) &&
    includes(groups, group) &&
    (includes(resources, resource) || resources.includes(`*/${resource.split("/")[1]}`)) &&
    wanted.some((verb) => includes(verbs, verb));
  return rights.filter(isGiven);
}

function listed(rule: Field, key: string): string[] {
  return rule
    .at(key)
    .list()
    .map((item) => item.text() ?? "");
}

function includes(list: readonly string[], wanted: string): boolean {
  return list.includes(wanted) || list.includes("*");
}
