import * as cluster from "../local/cluster";
import { reachable } from "./kubernetes";
import { runStackOperation } from "./operation";
import { run } from "./run";
import { findTarget, type Target } from "./target";

run(async () => {
  const target = findTarget();
  if (target.kind === "own") confirm(target);
  if (target.kind === "own" || (await reachable(target))) {
    await runStackOperation(target, (stack, options) => stack.destroy(options));
  } else {
    process.stdout.write("the local cluster does not answer: its platform goes with it\n");
  }
  if (target.cluster !== undefined) await cluster.down(target.cluster);
  return 0;
});

/** A platform on a shared cluster holds data that no command brings back. */
function confirm({ stack, context }: Target): void {
  if (process.env.CONFIRM === stack) return;
  throw new Error(
    `this destroys stack "${stack}" and its data on context "${context}". To do it: make down KUBECONTEXT=${context} STACK=${stack} CONFIRM=${stack}`,
  );
}
