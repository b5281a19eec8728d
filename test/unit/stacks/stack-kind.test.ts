import assert from "node:assert/strict";
import { stackKind } from "../../../stacks/stack-kind";

describe("what a stack is of", () => {
  const accounts = { NOETL: { users: ["noetl"] } };

  it("is an environment, unless its file has what makes it another, as values or as text", () => {
    assert.equal(stackKind({}), "environment");
    // Every stack has every key of the project, with its default.
    assert.equal(stackKind({ tenant: "{}", demo: "{}", workstation: "{}" }), "environment");
    for (const [kind, value] of Object.entries({
      tenant: { id: "acme" },
      demo: { environment: "dev" },
      workstation: { accounts },
    })) {
      assert.equal(stackKind({ [kind]: value }), kind);
      assert.equal(stackKind({ [kind]: JSON.stringify(value) }), kind);
    }
  });

  it("is an environment if that is missing: its checks say so", () => {
    assert.equal(
      stackKind({ workstation: { auth: "static" }, tenant: { instances: 1 }, demo: "no JSON" }),
      "environment",
    );
  });
});
