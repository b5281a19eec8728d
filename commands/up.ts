import { runStackOperation } from "./operation";
import { prepare } from "./prepare";
import { run } from "./run";
import { findTarget } from "./target";
import { verifyTarget } from "./verify-target";

run(async () => {
  const target = findTarget();
  await prepare(target);
  await runStackOperation(target, (stack, options) => stack.up(options));
  return verifyTarget(target, { json: false });
});
