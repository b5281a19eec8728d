import { clusterPermissions } from "../../../../components/auth-callout/permissions";
import type { Mutable, PolicyCases } from "../support/cases";
import { set } from "../support/change";
import { type Resource, unknownText } from "../support/pack";
import { namespace, tenantsNamespace } from "../support/tenants";

const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
const apps = "acme-apps";

function role(kind: "Role" | "ClusterRole", name: string, place: object, rules: object[]): Resource {
  const type = `kubernetes:rbac.authorization.k8s.io/v1:${kind}`;
  return { type, name, props: structuredClone({ ...rbac, kind, metadata: { name, ...place }, rules }) };
}

function binding(kind: "RoleBinding" | "ClusterRoleBinding", name: string, place: object, roleRef: object): Resource {
  const type = `kubernetes:rbac.authorization.k8s.io/v1:${kind}`;
  const subjects = [{ kind: "ServiceAccount", name: "deployer", namespace: "tools" }];
  const group = "rbac.authorization.k8s.io";
  const props = { ...rbac, kind, metadata: { name, ...place }, roleRef: { apiGroup: group, ...roleRef }, subjects };
  return { type, name, props };
}

const looks = [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }];

/** The namespace of acme's apps. */
function appsOfAcme(): Resource {
  const own: Mutable & { name: string } = structuredClone(namespace(apps));
  set(["metadata", "labels", "nats-platform/tenant"], "acme")(own);
  return own;
}

/** A change that gives a Role one more rule. */
function give(resources: string[], verbs: string[], more: object = {}): (resource: Mutable) => void {
  return ({ props }) => props.rules.push({ apiGroups: [""], resources, verbs, ...more });
}

const inTenants = "looker";
const cluster = "callout";

const refused: [string, string, (resource: Mutable) => void, RegExp][] = [
  [
    "tokens",
    inTenants,
    give(["serviceaccounts/token"], ["create"]),
    /rules\[1\]\.resources is \["serviceaccounts\/token"\]; must not include serviceaccounts\/token .* tokens of a tenant's ServiceAccounts/,
  ],
  [
    "tokens of one by name",
    inTenants,
    give(["serviceaccounts/token"], ["create"], { resourceNames: ["acme-orders"] }),
    /tokens of a tenant's/,
  ],
  ["a shell", inTenants, give(["pods/exec"], ["create"]), /must not include pods\/exec .* a shell/],
  ["a shell over a WebSocket", inTenants, give(["pods/exec"], ["get"]), /must not include pods\/exec/],
  ["the terminal", inTenants, give(["pods/attach"], ["create"]), /must not include pods\/attach/],
  ["ports", inTenants, give(["pods/portforward"], ["create"]), /past every NetworkPolicy/],
  ["containers beside", inTenants, give(["pods", "pods/ephemeralcontainers"], ["patch"]), /pods\/ephemeralcontainers/],
  ["Secrets", inTenants, give(["secrets"], ["list"]), /must not include secrets .*\["list"\].* the creds of tenants/],
  ["everything in every way", inTenants, give(["*"], ["*"], { apiGroups: ["*"] }), /must not include secrets/],
  ["exec of whatever has it", inTenants, give(["*/exec"], ["create"]), /must not include pods\/exec/],
  ["another's place", inTenants, give(["serviceaccounts"], ["impersonate"]), /the place of a tenant's ServiceAccounts/],
  [
    "NetworkPolicies",
    inTenants,
    give(["networkpolicies"], ["delete"], { apiGroups: ["networking.k8s.io"] }),
    /NetworkPolicies of tenants/,
  ],
  [
    "tokens where a tenant's apps are",
    "looker-of-apps",
    give(["serviceaccounts/token"], ["create"]),
    /tokens of a tenant's/,
  ],
  [
    "tokens everywhere",
    cluster,
    give(["serviceaccounts/token"], ["create"]),
    /ClusterRole "callout".*tokens of a tenant's/,
  ],
  ["kubelets", cluster, give(["nodes/proxy"], ["get"]), /the kubelets/],
  ["users", cluster, give(["users"], ["impersonate"]), /the place of anybody/],
  ["labels of namespaces", cluster, give(["namespaces"], ["patch"]), /labels that say whose/],
  [
    "what the API server refuses",
    cluster,
    give(["validatingadmissionpolicies"], ["delete"], { apiGroups: ["admissionregistration.k8s.io"] }),
    /the policies that the API server/,
  ],
  [
    "where it refuses it",
    cluster,
    give(["validatingadmissionpolicybindings"], ["update"], { apiGroups: ["admissionregistration.k8s.io"] }),
    /the policies that the API server/,
  ],
  [
    "all of the cluster, bound",
    "bound-everywhere",
    set(["roleRef", "name"], "cluster-admin"),
    /roleRef\.name is "cluster-admin"; must be another/,
  ],
  [
    "edit, bound among tenants",
    "bound",
    set(["roleRef"], { kind: "ClusterRole", name: "edit" }),
    /roleRef\.name is "edit"/,
  ],
];

export const cases: PolicyCases = {
  policy: "tenant-access",
  config: { "tenant-access": { trusted: ["on-call", "vrsky-tenants/on-call"] } },
  compliant: [
    appsOfAcme(),
    role("Role", inTenants, { namespace: tenantsNamespace }, looks),
    role("Role", "looker-of-apps", { namespace: apps }, looks),
    role("Role", "of-nobody", { namespace: "tools" }, looks),
    role("ClusterRole", cluster, {}, clusterPermissions),
    binding("RoleBinding", "bound", { namespace: tenantsNamespace }, { kind: "Role", name: inTenants }),
    binding("ClusterRoleBinding", "bound-everywhere", {}, { kind: "ClusterRole", name: cluster }),
  ],
  mutations: refused.map(([what, resource, change, says]) => ({ what, resource, change, says })),
  allowed: [
    { what: "tokens where no tenant is", resource: "of-nobody", change: give(["serviceaccounts/token"], ["create"]) },
    {
      what: "a Secret by its name",
      resource: inTenants,
      change: give(["secrets"], ["get"], { resourceNames: ["nats-acme-worker-creds"] }),
    },
    { what: "Secrets that are made, not read", resource: inTenants, change: give(["secrets"], ["create"]) },
    { what: "events", resource: cluster, change: give(["events"], ["*"]) },
    { what: "deployments", resource: inTenants, change: give(["deployments"], ["*"], { apiGroups: ["apps"] }) },
    {
      what: "a Role of the same name as a broad one",
      resource: "bound",
      change: set(["roleRef"], { kind: "Role", name: "edit" }),
    },
    { what: "reading, bound", resource: "bound", change: set(["roleRef"], { kind: "ClusterRole", name: "view" }) },
    {
      what: "those who run the platform",
      resource: inTenants,
      change: (resource) => {
        resource.props.metadata.name = "on-call";
        give(["secrets"], ["list"])(resource);
      },
    },
    {
      what: "those who run the platform, in all of it",
      resource: cluster,
      change: (resource) => {
        resource.props.metadata.name = "on-call";
        give(["*"], ["*"], { apiGroups: ["*"] })(resource);
      },
    },
  ],
  undecided: [
    {
      what: "a resource that is not known yet",
      resource: inTenants,
      change: give([unknownText], ["create"]),
      says: /rules\.1\.resources/,
    },
  ],
};
