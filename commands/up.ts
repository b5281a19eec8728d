import { runStackOperation } from "./operation";
import { prepare } from "./prepare";
import { run } from "./run";
import { findTarget } from "./target";
import { verifyTarget } from "./verify-target";

const verifications = 3;

run(async () => {
  const target = findTarget();
  await prepare(target);
  // A refresh first, so that what was deleted or changed by hand is put right.
  await runStackOperation(target, (stack, options) => stack.up({ ...options, refresh: true }));
  // Servers that have just started may still be catching up with their leader. `verify` alone never asks twice.
  for (let left = verifications - 1; left >= 0; left--) {
    if ((await verifyTarget(target, { json: false })) === 0) return 0;
    if (left > 0) process.stdout.write(`verifying again, ${left} more ${left === 1 ? "time" : "times"}\n`);
  }
  return 1;
});
