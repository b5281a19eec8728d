import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run";
import { projectRoot } from "../target";
import { withReference } from "./reference";

/** Makes the reference in docs/policies.md anew. */
run(async () => {
  const file = join(projectRoot, "docs", "policies.md");
  writeFileSync(file, withReference(readFileSync(file, "utf8")));
  return 0;
});
