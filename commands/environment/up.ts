import { runStackOperation } from "../operation";
import { prepare } from "../prepare";
import { refuseToLeaveTenants } from "../rotation";
import type { Target } from "../target";
import { formatJson } from "../verify";
import { verifyTarget } from "../verify-target";

const verifications = 3;

/**
 * Brings an environment up, or to its changed configuration, and verifies it.
 * @param json the verification as one document on standard output, all else on standard error
 * @returns the exit code: that of the last verification
 */
export async function environmentUp(target: Target, { json }: { readonly json: boolean }): Promise<number> {
  const out = json ? process.stderr : process.stdout;
  await prepare(target);
  await runStackOperation(
    target,
    async (stack, options) => {
      await refuseToLeaveTenants(target, stack);
      // A refresh first, so that what was deleted or changed by hand is put right.
      return stack.up({ ...options, refresh: true });
    },
    out,
  );
  // Servers that have just started may still be catching up with their leader. `verify` alone never asks twice.
  for (let left = verifications - 1; ; left--) {
    const { exitCode, report } = await verifyTarget(target, { json: false, out });
    if (exitCode === 0 || left === 0) {
      if (json) process.stdout.write(`${formatJson(report)}\n`);
      return exitCode === 0 ? 0 : 1;
    }
    if (report.checks.some(({ name, ok }) => name === "kv-buckets" && !ok)) await applyBucketsAgain(target, out);
    out.write(`verifying again, ${left} more ${left === 1 ? "time" : "times"}\n`);
  }
}

/** Pulumi sees the Job that made the buckets, not the buckets: one that was deleted by hand comes back with a new Job. */
async function applyBucketsAgain(target: Target, out: NodeJS.WriteStream): Promise<void> {
  const apply: Parameters<typeof runStackOperation>[1] = async (stack, options) => {
    const { deployment } = await stack.exportStack();
    const resources: { type: string; urn: string }[] = deployment?.resources ?? [];
    const jobs = resources.filter(
      ({ type, urn }) => type === "kubernetes:batch/v1:Job" && urn.includes("nats-platform:platform:Buckets$"),
    );
    await stack.up({ ...options, replace: jobs.map(({ urn }) => urn) });
  };
  await runStackOperation(target, apply, out);
}
