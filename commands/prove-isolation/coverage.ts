import { triedAccounts } from "./account-plan";
import type { Cell } from "./cells";
import type { Environment } from "./environment";
import { isComplete, mostNeighbours } from "./ring";

/** What a proof covers and what it leaves out, a sentence each. */
export function coverage(environment: Environment, cells: readonly Cell[]): string[] {
  const { tenants, namespaces, monitoring } = environment;
  const tried = triedAccounts(environment);
  const lacking = tenants.filter(({ id }) => !tried.some((tenant) => tenant.id === id)).map(({ id }) => id);
  const without = tenants.filter(({ instances }) => instances.length === 0).map(({ id }) => id);
  return [
    pairs(tenants.length),
    ...(monitoring
      ? []
      : [
          `Namespace ${namespaces.monitoring} does not exist, so nobody may read the monitoring of instances; the platform's was read from a namespace made for the run.`,
        ]),
    ...(without.length ? [`Without instances, so with nothing to reach but the platform: ${without.join(", ")}.`] : []),
    ...(lacking.length
      ? [`Without an account, or creds of an admin or worker, so their accounts were not tried: ${lacking.join(", ")}.`]
      : []),
    ...(tried.length < 2
      ? ["There are not two tenants whose creds could be used, so nothing was tried between accounts."]
      : []),
    ...new Set(cells.filter(({ observed }) => observed === "skipped").map(({ detail }) => `Not asked: ${detail}.`)),
  ];
}

function pairs(count: number): string {
  if (count === 1) return "One tenant, tried against pods that are not its own; there is no other tenant.";
  if (isComplete(count)) return `${count} tenants, each tried against every other.`;
  return `${count} tenants, each tried against the ${mostNeighbours} that follow it in a ring by name, so from both sides; pods of no tenant against all.`;
}
