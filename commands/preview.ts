import { runStackOperation } from "./operation";
import { refuseToLeaveTenants } from "./rotation";
import { run } from "./run";
import { findTarget } from "./target";

run(async () => {
  const onOutput = (text: string) => void process.stdout.write(text);
  const color = process.stdout.isTTY ? "always" : "never";
  const target = findTarget();
  await runStackOperation(target, async (stack, { onError }) => {
    await refuseToLeaveTenants(target, stack);
    // Pulumi's own picture of the differences, which says it all, mistakes included.
    return stack.preview({ onOutput, onError, color, diff: true, suppressProgress: true });
  });
  return 0;
});
