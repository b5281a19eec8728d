import { environmentUp } from "./environment/up";
import { run } from "./run";
import { requireEnvironment } from "./stack-kind";
import { findTarget } from "./target";

/** `up`: brings an environment up, or to its changed configuration, and verifies it. */
run(async () => {
  const target = findTarget();
  requireEnvironment(target);
  return environmentUp(target, { json: false });
});
