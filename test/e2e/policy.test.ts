import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { checkStack } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import { ensureTools } from "../../local/tools";
import { policies } from "../../policies/policies";

/** A small program that tries to get past a policy. */
interface Evasion {
  readonly refusedBy: string;
  readonly program: () => void;
}

const folder = join(__dirname, "evasions");
const evasions = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({ name, ...(require(join(folder, name)) as Evasion) }));

describe("the policy pack, run by Pulumi's engine", function () {
  this.timeout(120_000);
  const scratch = new Scratch([]);
  const settings = new PackSettings();

  before(() => ensureTools(["pulumi"]));
  after(() => {
    scratch.remove();
    settings.remove();
  });

  const check = (name: string, program: () => void) => {
    const stack = { name, isProduction: false, config: {} };
    const options = { pack: join(__dirname, "../../policies"), config: settings.file(false) };
    return checkStack(stack, "nothing", () => scratch.open(stack, async () => program()), options);
  };

  it("has an evasion of every policy", () => {
    const tried = new Set(evasions.map(({ refusedBy }) => refusedBy));
    assert.deepEqual(
      policies.map(({ name }) => name).filter((name) => !tried.has(name)),
      [],
    );
  });

  for (const { name, refusedBy, program } of evasions) {
    it(`refuses ${name}: ${refusedBy}`, async () => {
      const { violations, error } = await check(name, program);
      assert.equal(error, undefined);
      assert.deepEqual([...new Set(violations.map(({ policy }) => policy))], [refusedBy], JSON.stringify(violations));
      const { enforcementLevel } = policies.find((policy) => policy.name === refusedBy) ?? assert.fail();
      for (const { level, urn } of violations) {
        assert.equal(level, enforcementLevel);
        assert.match(urn, /^urn:pulumi:/);
      }
    });
  }
});
