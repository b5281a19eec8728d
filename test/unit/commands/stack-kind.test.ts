import assert from "node:assert/strict";
import { kindOf, requireEnvironment, upCommand } from "../../../commands/stack-kind";
import { findWorkstation } from "../../../commands/workstation/target";

describe("kinds of stack, to commands", () => {
  const stacks = {
    dev: ["environment", "make up STACK=dev"],
    "dev-tenant-acme": ["tenant", "make tenant-up TENANT=acme STACK=dev"],
    "dev-demo": ["demo", "make demo STACK=dev"],
    workstation: ["workstation", "make workstation-up"],
    // Without a file there is nothing that made it another.
    "not-there": ["environment", "make up STACK=not-there"],
  } as const;

  for (const [stack, [kind, command]] of Object.entries(stacks)) {
    it(`are ${kind} for ${stack}, brought up by ${command}`, () => {
      assert.equal(kindOf(stack), kind);
      assert.equal(upCommand(stack), command);
      if (kind === "environment") requireEnvironment({ stack });
      else assert.throws(() => requireEnvironment({ stack }), new RegExp(`of a ${kind}, .*: ${command}$`));
    });
  }

  it("are a workstation for commands about one, whatever stack other commands have by default", () => {
    assert.equal(findWorkstation({}).stack, "workstation");
    assert.throws(
      () => findWorkstation({ STACK: "dev" }),
      /"dev" is no workstation but of kind environment.*: make up STACK=dev$/,
    );
    assert.throws(() => findWorkstation({ STACK: "nowhere" }), /there is no stack "nowhere"/);
  });
});
