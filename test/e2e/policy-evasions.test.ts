import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { StackReport } from "../../commands/policy/check";
import { inParallel } from "../../commands/policy/in-parallel";
import { ensureTools } from "../../local/tools";
import { policies } from "../../policies/policies";
import { type Config, PolicyEngine } from "./policy-engine";

/** A small program that tries to get past a policy. */
interface Evasion {
  readonly refusedBy: string;
  readonly program: () => void;
  /** Settings in place of the defaults. */
  readonly config?: Config;
}

const folder = join(__dirname, "evasions");
const evasions = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, ...(require(join(folder, name)) as Evasion) }));

describe("the policy pack, run by Pulumi's engine", function () {
  this.timeout(1_200_000);
  const engine = new PolicyEngine();
  const reports = new Map<string, StackReport>();

  before(async () => {
    await ensureTools(["pulumi"]);
    await inParallel(evasions, async ({ name, program, config }) => {
      reports.set(name, await engine.check(program, config));
    });
  });
  after(() => engine.remove());

  it("is tried policy by policy", () => {
    const tried = new Set(evasions.map(({ refusedBy }) => refusedBy));
    assert.deepEqual([...tried].toSorted(), policies.map(({ name }) => name).toSorted());
  });

  for (const { name, refusedBy } of evasions) {
    const { enforcementLevel } = policies.find((one) => one.name === refusedBy) ?? assert.fail(refusedBy);
    it(`${enforcementLevel === "advisory" ? "advises against" : "refuses"} ${name}: ${refusedBy}`, () => {
      const { error, violations } = reports.get(name) ?? assert.fail();
      assert.equal(error, undefined);
      assert.deepEqual([...new Set(violations.map(({ policy }) => policy))], [refusedBy], JSON.stringify(violations));
      for (const { level, urn } of violations) {
        assert.equal(level, enforcementLevel);
        assert.match(urn, /^urn:pulumi:/);
      }
    });
  }
});
