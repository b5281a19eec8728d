import { AppsV1Api, CoreV1Api, type V1ObjectMeta } from "@kubernetes/client-node";
import type { Stack } from "@pulumi/pulumi/automation";
import { type EnvironmentEpochs, outlived } from "../components/environment-epochs";
import { tenantLabel } from "../components/labels";
import type { Tenancy } from "../stacks/environment";
import { apiErrorMessage } from "./api-error";
import { kubeConfig, listMetadata } from "./kubernetes";
import type { Target } from "./target";

/** Configuration keys of the epochs. */
const keys = { operator: "operatorEpoch", accounts: "accountsEpoch" } as const;

/**
 * Refuses to rotate an environment's keys so far that tenants who have not followed the last step would be shut out.
 * @param stack the environment's, as it is and with the configuration it is to have
 * @throws Error that names those tenants, and what to do; not when `FORCE_ROTATION` is `true`
 */
export async function refuseToLeaveTenants(
  target: Target,
  stack: Stack,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (env.FORCE_ROTATION === "true") return;
  const [outputs, config] = await Promise.all([stack.outputs(), stack.getAllConfig()]);
  const tenancy: Tenancy | undefined = outputs.tenancy?.value;
  if (tenancy === undefined) return;
  const epochOf = (key: string) => Number(config[`nats-platform:${key}`]?.value ?? 1);
  const epochs = { operator: epochOf(keys.operator), accounts: epochOf(keys.accounts) };
  // Whoever was brought up since the last step can take one more: nothing is asked of the cluster on any other day.
  const { operator, accounts } = tenancy.epochs ?? {};
  if (operator === epochs.operator && accounts === epochs.accounts) return;
  const left = tenantsLeft(await tenantObjects(target, tenancy), epochs);
  if (left.length > 0) throw new Error(refusal(left));
}

/** Metadata of what tells which epochs a tenant was brought up with. Of Secrets nothing else is read. */
async function tenantObjects(target: Target, tenancy: Tenancy): Promise<V1ObjectMeta[]> {
  const config = kubeConfig(target);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const { accountsNamespace, tenantsNamespace } = tenancy;
  const labelSelector = tenantLabel;
  const lists = await Promise.all([
    listMetadata((options) => core.listNamespacedSecret({ namespace: accountsNamespace, labelSelector }, options)),
    listMetadata((options) => apps.listNamespacedDeployment({ namespace: tenantsNamespace, labelSelector }, options)),
  ]).catch((error: unknown) => {
    throw new Error(`cannot look at the tenants, which a rotation may shut out: ${apiErrorMessage(error)}`, {
      cause: error,
    });
  });
  return lists.flat();
}

/** A tenant that a rotation would shut out, and by which epochs: each with those that it was made with. */
export interface TenantLeft {
  readonly tenant: string;
  readonly reasons: readonly string[];
}

/** Tenants that would be shut out with these epochs, by name. */
export function tenantsLeft(objects: readonly V1ObjectMeta[], epochs: EnvironmentEpochs): TenantLeft[] {
  const reasons = new Map<string, Set<string>>();
  for (const { labels, annotations } of objects) {
    const tenant = labels?.[tenantLabel] ?? "";
    for (const { epoch, own } of outlived(annotations ?? {}, epochs)) {
      const made = own === undefined ? "one that it does not say" : own;
      const reason = `${keys[epoch]} ${epochs[epoch]} does not trust what it was made with, ${made}`;
      reasons.set(tenant, (reasons.get(tenant) ?? new Set()).add(reason));
    }
  }
  return [...reasons]
    .map(([tenant, set]) => ({ tenant, reasons: [...set] }))
    .sort((a, b) => a.tenant.localeCompare(b.tenant));
}

function refusal(left: readonly TenantLeft[]): string {
  return [
    "this rotation would shut tenants out; nothing was changed:",
    ...left.map(({ tenant, reasons }) => `  ${tenant}: ${reasons.join("; ")}`),
    "Keys of one epoch back are trusted, of two not: put the epochs back to one step from where they are, run make up,",
    "then make tenant-up for each of these tenants; after that comes the next step.",
    "After a leak FORCE_ROTATION=true does it all the same (docs/operations.md, Rotate).",
  ].join("\n");
}
