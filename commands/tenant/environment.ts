import type { Tenancy } from "../../stacks/environment";
import { stackOutputs } from "../outputs";
import { requireEnvironment } from "../stack-kind";
import type { Target } from "../target";
import { stackNames } from "../workspace";

/**
 * What the environment says to its tenants.
 * @throws if it is not up
 */
export async function tenancyOf(environment: Target): Promise<Tenancy> {
  requireEnvironment(environment);
  const { tenancy } = await stackOutputs(environment, "tenancy");
  return tenancy as Tenancy;
}

/** Names of the stacks of an environment's tenants that are there. */
export async function tenantStacks(environment: Target): Promise<string[]> {
  return (await stackNames(environment)).filter((name) => name.startsWith(`${environment.stack}-tenant-`));
}
