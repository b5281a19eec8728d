import { runStackOperation } from "./operation";
import { prepare } from "./prepare";
import { refuseToLeaveTenants } from "./rotation";
import { run } from "./run";
import { requireEnvironment } from "./stack-kind";
import { findTarget, type Target } from "./target";
import { verifyTarget } from "./verify-target";

const verifications = 3;

run(async () => {
  const target = findTarget();
  requireEnvironment(target);
  await prepare(target);
  await runStackOperation(target, async (stack, options) => {
    await refuseToLeaveTenants(target, stack);
    // A refresh first, so that what was deleted or changed by hand is put right.
    return stack.up({ ...options, refresh: true });
  });
  // Servers that have just started may still be catching up with their leader. `verify` alone never asks twice.
  for (let left = verifications - 1; left >= 0; left--) {
    const { exitCode, failed } = await verifyTarget(target, { json: false });
    if (exitCode === 0) return 0;
    if (left === 0) break;
    if (failed.includes("kv-buckets")) await applyBucketsAgain(target);
    process.stdout.write(`verifying again, ${left} more ${left === 1 ? "time" : "times"}\n`);
  }
  return 1;
});

/** Pulumi sees the Job that made the buckets, not the buckets: one that was deleted by hand comes back with a new Job. */
async function applyBucketsAgain(target: Target): Promise<void> {
  await runStackOperation(target, async (stack, options) => {
    const { deployment } = await stack.exportStack();
    const resources: { type: string; urn: string }[] = deployment?.resources ?? [];
    const jobs = resources.filter(
      ({ type, urn }) => type === "kubernetes:batch/v1:Job" && urn.includes("nats-platform:platform:Buckets$"),
    );
    await stack.up({ ...options, replace: jobs.map(({ urn }) => urn) });
  });
}
