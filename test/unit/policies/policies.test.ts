import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { policies } from "../../../policies/policies";
import { allCases, casesFolder, changed } from "./support/all-cases";
import type { Mutation } from "./support/cases";
import { Pack, type Said } from "./support/pack";

const all = allCases();

describe("policies", function () {
  this.timeout(60_000);
  let pack: Pack;

  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());

  it("have cases each, named alike, with mutations", () => {
    const names = policies.map(({ name }) => name).toSorted();
    assert.deepEqual(all.map(({ policy }) => policy).toSorted(), names);
    for (const { policy, mutations } of all) assert.ok(mutations.length > 0, policy);
    assert.deepEqual(
      readdirSync(casesFolder).toSorted(),
      names.map((name) => `${name}.ts`),
    );
  });

  it("say of themselves what must hold, in a sentence, why, and how to mend it", () => {
    for (const { name, description, reason, severity, example, enforcementLevel, configSchema } of policies) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(description, /^[A-Z].*\.$/, name);
      assert.match(reason, /^[A-Z].*\.$/, name);
      assert.ok(severity && enforcementLevel && example.violation !== example.fix, name);
      for (const [key, schema] of Object.entries(configSchema?.properties ?? {})) {
        assert.match(schema.description ?? "", /^[A-Z].*\.$/, `${name} ${key}`);
        assert.notEqual(schema.default, undefined, `${name} ${key}`);
      }
    }
  });

  for (const { policy, compliant, config, mutations, allowed = [], undecided = [] } of all) {
    describe(policy, () => {
      const analyze = (mutation?: Omit<Mutation, "says">) => pack.analyze(changed(compliant, mutation), config);

      it("says nothing of a compliant stack", async () => assert.deepEqual(await analyze(), []));

      for (const mutation of mutations) {
        it(`refuses ${mutation.what}`, async () => {
          const said = await analyze(mutation);
          assertAlone(said, policy, mutation);
          const { enforcementLevel } = policies.find(({ name }) => name === policy) ?? assert.fail();
          assert.ok(said.every(({ level }) => level === enforcementLevel));
        });
      }
      for (const change of allowed) {
        it(`leaves ${change.what} alone`, async () => assert.deepEqual(await analyze(change), []));
      }
      for (const change of undecided) {
        it(`cannot tell of ${change.what}, and says so`, async () => {
          const said = await analyze(change);
          const own = said.filter((one) => one.policy === policy);
          assert.ok(own.length > 0);
          for (const { level, message } of own) {
            assert.equal(level, "advisory");
            assert.match(message, /can't run policy .* during preview/);
            assert.match(message, change.says);
          }
          assert.deepEqual(
            said.filter(({ level }) => level === "mandatory"),
            [],
          );
        });
      }
    });
  }
});

/** Of a mutation this policy alone speaks. A message names object, field, value and remedy. */
function assertAlone(said: readonly Said[], policy: string, { says, others = [] }: Mutation): void {
  const names = [...new Set(said.map((one) => one.policy))];
  assert.deepEqual(
    names,
    [policy, ...others].toSorted(),
    said.map(({ policy, message }) => `${policy}: ${message}`).join("\n"),
  );
  assert.ok(
    said.some((one) => one.policy === policy && says.test(one.message)),
    said.map(({ message }) => message).join("\n"),
  );
  for (const { message } of said) assert.match(message, /^\w+ "[^"]+": \S+ is .+; .+\. .+\.$/);
}
