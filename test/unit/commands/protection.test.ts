import assert from "node:assert/strict";
import type { Stack } from "@pulumi/pulumi/automation";
import { refuseProtected } from "../../../commands/protection";
import type { Target } from "../../../commands/target";

const target: Target = { kind: "own", stack: "prod-tenant-acme", kubeconfig: "/kubeconfig", context: "prod" };
const how = { setting: "tenant.protect", up: "make tenant-up", down: "make tenant-down" };
const stackOf = (resources?: object[]) =>
  ({ exportStack: async () => ({ version: 3, deployment: { resources } }) }) as unknown as Stack;

describe("refuseProtected", () => {
  it("refuses while Pulumi is to keep anything, with the way to destroy it", async () => {
    const stack = stackOf([{ urn: "a", protect: true }, { urn: "b" }, { urn: "c", protect: true }]);
    await assert.rejects(
      refuseProtected(target, stack, how),
      /stack "prod-tenant-acme" is protected \(2 of its resources.*nothing was deleted.*set tenant\.protect to false in Pulumi\.prod-tenant-acme\.yaml, run make tenant-up, then make tenant-down/,
    );
  });

  it("lets go of what is not protected, and of nothing", async () => {
    await refuseProtected(target, stackOf([{ urn: "a", protect: false }]), how);
    await refuseProtected(target, stackOf(), how);
  });
});
