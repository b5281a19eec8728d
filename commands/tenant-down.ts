import { kubeConfig } from "./kubernetes";
import { runStackOperation } from "./operation";
import { refuseProtected } from "./protection";
import { run } from "./run";
import { tenancyOf, tenantStacks } from "./tenant/environment";
import { leftOf, workersOf } from "./tenant/look";
import { findTenantStack, hasFile, type TenantTarget } from "./tenant/target";

/** `tenant-down`: takes a tenant away with everything it has, and makes sure that nothing of it is left. */
run(async () => {
  const found = findTenantStack();
  const { tenant, environment, target } = found;
  confirm(found);
  const tenancy = await tenancyOf(environment);
  const there = await tenantStacks(environment);
  if (!there.includes(target.stack) && !hasFile(target)) {
    throw new Error(
      `environment ${environment.stack} has no tenant "${tenant}"; its stacks are: ${there.join(", ") || "none"}`,
    );
  }
  await runStackOperation(target, async (stack, options) => {
    await refuseProtected(target, stack, { setting: "tenant.protect", up: "make tenant-up", down: "make tenant-down" });
    // On a shared cluster the state stays, as `pulumi destroy` leaves it: with it would go the stack's file in the repository.
    return stack.destroy({ ...options, remove: target.cluster !== undefined });
  });
  const left = await leftOf(kubeConfig(target), tenant, tenancy);
  if (left.length > 0) throw new Error(`tenant ${tenant} is destroyed, but the cluster still has: ${left.join(", ")}`);
  process.stdout.write(`tenant ${tenant} is gone; nothing of it is left in the cluster\n`);
  const workers = await workersOf(kubeConfig(target), tenant, tenancy);
  if (workers.length > 0)
    process.stdout.write(`pods of its owner's still run, with creds that are refused: ${workers.join(", ")}\n`);
  return 0;
});

/** What a tenant keeps on the platform, no command brings back. */
function confirm({ tenant, environment, target: { cluster, context, stack } }: TenantTarget): void {
  if (cluster !== undefined || process.env.CONFIRM === stack) return;
  throw new Error(
    `this destroys stack "${stack}" on context "${context}", with tenant ${tenant}'s account and all it stores. ` +
      `To do it: make tenant-down KUBECONTEXT=${context} STACK=${environment.stack} TENANT=${tenant} CONFIRM=${stack}`,
  );
}
