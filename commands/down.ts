import { rmSync } from "node:fs";
import * as cluster from "../local/cluster";
import { credsFolder } from "./creds-folder";
import { reachable } from "./kubernetes";
import { runStackOperation } from "./operation";
import { refuseProtected } from "./protection";
import { run } from "./run";
import { requireEnvironment } from "./stack-kind";
import { findTarget, type Target } from "./target";
import { tenantStacks } from "./tenant/environment";
import { openStack } from "./workspace";
import { workstationDown, workstationsBeside } from "./workstation/down";

const remedy = { setting: "nats-platform:protect", up: "make up", down: "make down" };

run(async () => {
  const target = findTarget();
  requireEnvironment(target);
  if (target.cluster === undefined) {
    confirm(target);
    await requireNoTenants(target);
    await runStackOperation(target, async (stack, options) => {
      await refuseProtected(target, stack, remedy);
      return stack.destroy(options);
    });
    return 0;
  }
  if (await reachable(target)) {
    await refuseProtected(target, await openStack(target), remedy);
    for (const workstation of await workstationsBeside(target)) await workstationDown(workstation);
    for (const stack of [...(await tenantStacks(target)), target.stack]) {
      await runStackOperation({ ...target, stack }, (opened, options) => opened.destroy({ ...options, remove: true }));
    }
  } else {
    process.stdout.write("no local cluster answers; what is left of one is removed, its platform with it\n");
  }
  await cluster.down(target.cluster);
  rmSync(credsFolder(target), { recursive: true, force: true });
  return 0;
});

/** Without account-sync, which goes with the environment, nothing would ever let go of the Secrets of tenants' accounts. */
async function requireNoTenants(target: Target): Promise<void> {
  const tenants = await tenantStacks(target);
  if (tenants.length === 0) return;
  throw new Error(
    `environment "${target.stack}" still has tenants (stacks ${tenants.join(", ")}). Take each down first: make tenant-down TENANT=<id>`,
  );
}

/** A platform on a shared cluster holds data that no command brings back. */
function confirm({ stack, context }: Target): void {
  if (process.env.CONFIRM === stack) return;
  throw new Error(
    `this destroys stack "${stack}" and its data on context "${context}". To do it: make down KUBECONTEXT=${context} STACK=${stack} CONFIRM=${stack}`,
  );
}
