import { jsonAsked } from "./json-option";
import { runStackOperation } from "./operation";
import { run } from "./run";
import { tenancyOf } from "./tenant/environment";
import { printTenant } from "./tenant/print";
import { findTenant } from "./tenant/target";

/** `tenant-up [--json]`: brings a tenant up, or to its changed configuration, and shows what it is like then. */
run(async () => {
  const json = jsonAsked();
  const { environment, target } = findTenant();
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
});
