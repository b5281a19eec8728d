import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { scratchProject } from "../../../../bench/policies/project";
import { findStacks } from "../../../../commands/policy/stacks";

describe("bench/policies/project", () => {
  it("is this project with one environment and the tenants asked for", () => {
    const { folder, stacks } = scratchProject(3);
    try {
      const names = ["dev-tenant-t1", "dev-tenant-t2", "dev-tenant-t3"];
      assert.deepEqual(stacks, names);
      assert.deepEqual(
        findStacks(folder).map(({ name }) => name),
        ["dev", ...names],
      );
      for (const file of ["commands/policy/main.ts", "policies/PulumiPolicy.yaml", "node_modules"]) {
        assert.ok(existsSync(join(folder, file)), file);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
