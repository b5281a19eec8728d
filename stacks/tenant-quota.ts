import { exporterResources } from "../components/tenant/deployment";
import { formatSize, parseQuantity } from "../components/units";
import type { ConfigProblem } from "./config-error";
import type { TenantConfig } from "./tenant-config";

/** Amounts by the names that a ResourceQuota has for them: CPUs, bytes, pods. */
export type Amounts = Readonly<Record<string, number>>;

/** A ResourceQuota as the API server answers. */
export interface LiveQuota {
  readonly name: string;
  readonly namespace: string;
  readonly hard: Readonly<Record<string, string>>;
  /** Empty while nothing was counted yet. */
  readonly used: Readonly<Record<string, string>>;
}

/** What a tenant's instances take of the quota. */
export function quotaDemand({ instances, resources }: TenantConfig, metrics: boolean): Amounts {
  const containers = metrics ? [resources, exporterResources] : [resources];
  const sum = (kind: "requests" | "limits", what: "cpu" | "memory") =>
    exact(instances * containers.reduce((total, container) => total + (parseQuantity(container[kind][what]) ?? 0), 0));
  return {
    pods: instances,
    "requests.cpu": sum("requests", "cpu"),
    "requests.memory": sum("requests", "memory"),
    "limits.cpu": sum("limits", "cpu"),
    "limits.memory": sum("limits", "memory"),
  };
}

/**
 * What the tenant would need beyond the quota as it is now; empty if it fits.
 * @param before what the tenant itself had when its stack last was brought up
 */
export function quotaProblems(
  { instances, environment }: TenantConfig,
  demand: Amounts,
  quota: LiveQuota,
  before: Amounts,
): ConfigProblem[] {
  const reasons = Object.entries(demand).flatMap(([what, needed]) => {
    const hard = parseQuantity(quota.hard[what] ?? "");
    if (hard === undefined) return [];
    const used = parseQuantity(quota.used[what] ?? "0") ?? 0;
    const left = exact(Math.max(0, hard - Math.max(0, used - (before[what] ?? 0))));
    const show = (amount: number) => format(what, amount);
    if (needed > hard) return [`${what}: needs ${show(needed)}, all tenants together may have ${show(hard)}`];
    if (needed > left) return [`${what}: needs ${show(needed)}, ${show(left)} of ${show(hard)} is left`];
    return [];
  });
  if (reasons.length === 0) return [];
  const reason = `more than quota ${quota.namespace}/${quota.name} has (${reasons.join("; ")}): lower instances or resources, or have tenantsQuota of environment ${environment} raised`;
  return [{ key: "tenant.instances", value: String(instances), reason }];
}

/** Without the last digits that adding up fractions leaves. */
function exact(amount: number): number {
  return Math.round(amount * 1000) / 1000;
}

function format(what: string, amount: number): string {
  return what.endsWith("memory") ? formatSize(Math.floor(amount)) : String(amount);
}
