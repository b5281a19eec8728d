import { runStackOperation } from "../operation";
import { tenancyOf } from "./environment";
import { printTenant } from "./print";
import type { TenantTarget } from "./target";

/**
 * Brings a tenant up, or to its changed configuration, and shows what it is like then.
 * @param json that as one document on standard output, all else on standard error
 * @returns the exit code
 */
export async function tenantUp(
  { environment, target }: Pick<TenantTarget, "environment" | "target">,
  { json }: { readonly json: boolean },
): Promise<number> {
  // The program says so, too, in Pulumi's words and with a new, empty stack left behind.
  await tenancyOf(environment);
  const progress = json ? process.stderr : process.stdout;
  // A refresh first, so that what was deleted or changed by hand is put right. The table says what outputs would.
  await runStackOperation(
    target,
    (stack, options) => stack.up({ ...options, refresh: true, suppressOutputs: true }),
    progress,
  );
  return printTenant(target, { json });
}
