import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { marks, withReference } from "../../../../commands/policy/reference";
import { policies } from "../../../../policies/policies";

const document = readFileSync(join(__dirname, "../../../../docs/policies.md"), "utf8");

describe("docs/policies.md", () => {
  it("is what the pack says: npm run -s policy-docs makes it anew", () => {
    assert.equal(withReference(document), document);
    for (const { name } of policies) assert.ok(document.includes(`### \`${name}\``), name);
  });

  it("is not made where there is no place for it", () => {
    assert.throws(() => withReference("# Policies"), /has no part between/);
    assert.throws(() => withReference(marks.begin), /has no part between/);
  });
});
