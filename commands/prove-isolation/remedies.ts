import { defaultDeny } from "../../components/network-policy";
import { names, ports } from "../../components/platform/ports";
import { accountName } from "../../components/tenant/names";
import { isolationPolicyName, workersPolicyName } from "../../components/tenant/network-policies";
import { bystanderName } from "./bystander";
import type { Cell, PlannedCell } from "./cells";

/** What to look at when a cell is not as it should be. */
export function whatToLookAt(
  cell: PlannedCell & Pick<Cell, "observed">,
  namespaces: { readonly platform: string; readonly tenants: string },
): string {
  if (cell.observed === "not run") return "the reason above; then run it again";
  if (cell.part === "network") return networkRemedy(cell, namespaces);
  if (cell.part === "logins") return loginRemedy(cell, namespaces);
  return accountRemedy(cell);
}

function networkRemedy(
  { tenant, target, expected, observed, question }: PlannedCell & Pick<Cell, "observed">,
  { platform, tenants }: { readonly platform: string; readonly tenants: string },
): string {
  const namespace = tenant ? tenants : platform;
  const policy = tenant ? isolationPolicyName(tenant) : "nats-servers";
  if (target === bystanderName && observed === "open") {
    return `NetworkPolicy ${defaultDeny.name}, and what selects pods without labels: kubectl --namespace ${tenants} get networkpolicy --output yaml`;
  }
  if (observed === "silent") return `what takes the connection in place of ${target}: a proxy, a server that hangs`;
  if (observed === "unknown") {
    return `the policies of the pod that asked, which reaches nothing: ${workersPolicyName("<tenant>")} in ${tenants}; then the cluster's network and DNS`;
  }
  if (expected === "open") {
    const also = Number(question) === ports.client ? ", the policies of who asks" : "";
    return `NetworkPolicy ${policy}${also} and the pods of Service ${target}: kubectl --namespace ${namespace} get networkpolicy,pods,endpointslices`;
  }
  return `NetworkPolicy ${policy} and whatever else selects these pods: kubectl --namespace ${namespace} get networkpolicy --output yaml; labels of the pods and of the namespace that asked; whether the cluster's network enforces NetworkPolicy`;
}

function loginRemedy(
  { tenant, target, expected, observed }: PlannedCell & Pick<Cell, "observed">,
  { tenants }: { readonly tenants: string },
): string {
  if (observed === "unknown") return `whether ${target} is reached at all (network), and its log`;
  const config = tenant
    ? `Secret nats-${tenant}-config in ${tenants} (accounts, no_auth_user)`
    : `Secret ${names.authSecret}`;
  if (expected === "accepted")
    return `the Secret of these creds, and which accounts ${target} holds: ${config}, and account-sync`;
  return `which accounts ${target} holds: ${config}; whether the Secret of these creds holds those of another account`;
}

function accountRemedy({ row, target, observed }: PlannedCell & Pick<Cell, "observed">): string {
  if (observed === "unknown")
    return "whether both tenants' creds work on the platform, and the platform itself: make verify";
  return `exports and imports in the Secrets of accounts ${accountName(row)} and ${accountName(target)}, and whether the Secret of ${row}'s creds holds those of its own account`;
}
