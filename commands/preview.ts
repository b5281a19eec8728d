import { runStackOperation } from "./operation";
import { run } from "./run";
import { findTarget } from "./target";

run(async () => {
  await runStackOperation(findTarget(), (stack, options) => stack.preview({ ...options, diff: true }));
  return 0;
});
