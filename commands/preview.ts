import { runStackOperation } from "./operation";
import { run } from "./run";
import { findTarget } from "./target";

run(async () => {
  const onOutput = (text: string) => void process.stdout.write(text);
  const color = process.stdout.isTTY ? "always" : "never";
  // Pulumi's own picture of the differences, which says it all, mistakes included.
  await runStackOperation(findTarget(), (stack, { onError }) =>
    stack.preview({ onOutput, onError, color, diff: true, suppressProgress: true }),
  );
  return 0;
});
