import { environmentUp } from "./environment/up";
import { run } from "./run";
import { findTarget } from "./target";

/** `up`: brings an environment up, or to its changed configuration, and verifies it. */
run(async () => environmentUp(findTarget(), { json: false }));
