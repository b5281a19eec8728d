import { rmSync } from "node:fs";
import type { Stack } from "@pulumi/pulumi/automation";
import * as cluster from "../local/cluster";
import { credsFolder } from "./creds-folder";
import { reachable } from "./kubernetes";
import { runStackOperation } from "./operation";
import { run } from "./run";
import { findTarget, type Target } from "./target";
import { tenantStacks } from "./tenant/environment";
import { openStack } from "./workspace";

run(async () => {
  const target = findTarget();
  if (target.cluster === undefined) {
    confirm(target);
    await requireNoTenants(target);
    await runStackOperation(target, async (stack, options) => {
      await refuseProtected(target, stack);
      return stack.destroy(options);
    });
    return 0;
  }
  if (await reachable(target)) {
    await refuseProtected(target, await openStack(target));
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

/** Pulumi itself finds out about a protected resource only when it has deleted those that depend on it. */
async function refuseProtected({ stack: name }: Target, stack: Stack): Promise<void> {
  const { deployment } = await stack.exportStack();
  const resources: { protect?: boolean; urn: string }[] = deployment?.resources ?? [];
  const kept = resources.filter(({ protect }) => protect).length;
  if (kept === 0) return;
  throw new Error(
    `stack "${name}" is protected (${kept} of its resources: data and keys would be gone for good); nothing was deleted. To destroy it, set nats-platform:protect to false in Pulumi.${name}.yaml, run make up, then make down`,
  );
}
