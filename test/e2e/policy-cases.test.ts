import { CustomResource } from "@pulumi/pulumi";
import { ensureTools } from "../../local/tools";
import { allCases, changed } from "../unit/policies/support/all-cases";
import type { Resource } from "../unit/policies/support/pack";
import { PolicyEngine } from "./policy-engine";

describe("each policy of the pack, run by Pulumi's engine", function () {
  this.timeout(120_000);
  const engine = new PolicyEngine();

  before(() => ensureTools(["pulumi"]));
  after(() => engine.remove());

  for (const { policy, compliant, config, mutations } of allCases()) {
    const mutation = mutations.find(({ others = [] }) => others.length === 0);
    it(`${policy} speaks of ${mutation?.what}`, () =>
      engine.assertSpeaks(policy, policy, () => register(changed(compliant, mutation)), config));
  }
});

/** A resource of whatever type. */
class Any extends CustomResource {}

/** Registers resources as they are. Two of a name, which would be of two components, are told apart. */
function register(resources: readonly Resource[]): void {
  for (const [index, { type, name, props, protect = false }] of resources.entries()) {
    const isFirst = resources.findIndex((one) => one.type === type && one.name === name) === index;
    new Any(type, isFirst ? name : `${name}-${index}`, props, { protect });
  }
}
