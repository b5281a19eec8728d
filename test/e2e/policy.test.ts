import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CustomResource } from "@pulumi/pulumi";
import { checkStack } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import { ensureTools } from "../../local/tools";
import { policies } from "../../policies/policies";
import { allCases, changed } from "../unit/policies/support/all-cases";
import type { PackConfig, Resource } from "../unit/policies/support/pack";

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
  const folder = mkdtempSync(join(tmpdir(), "policy-e2e-"));

  before(() => ensureTools(["pulumi"]));
  after(() => {
    scratch.remove();
    rmSync(folder, { recursive: true });
  });

  async function check(name: string, program: () => void, config: PackConfig = {}) {
    const file = join(folder, "policy-config.json");
    writeFileSync(file, JSON.stringify(config));
    const settings = new PackSettings(file);
    const stack = { name, isProduction: false, config: {} };
    const options = { pack: join(__dirname, "../../policies"), config: settings.file(false) };
    try {
      return await checkStack(stack, "nothing", () => scratch.open(stack, async () => program()), options);
    } finally {
      settings.remove();
    }
  }

  async function assertRefused(refusedBy: string, ...args: Parameters<typeof check>): Promise<void> {
    const { violations, error } = await check(...args);
    assert.equal(error, undefined);
    assert.deepEqual([...new Set(violations.map(({ policy }) => policy))], [refusedBy], JSON.stringify(violations));
    const { enforcementLevel } = policies.find(({ name }) => name === refusedBy) ?? assert.fail();
    for (const { level, urn } of violations) {
      assert.equal(level, enforcementLevel);
      assert.match(urn, /^urn:pulumi:/);
    }
  }

  for (const { name, refusedBy, program } of evasions) {
    it(`refuses ${name}: ${refusedBy}`, () => assertRefused(refusedBy, name, program));
  }

  for (const { policy, compliant, config, mutations } of allCases()) {
    const [mutation] = mutations;
    it(`has ${policy} speak of ${mutation?.what}`, () =>
      assertRefused(policy, policy, () => register(changed(compliant, mutation)), config));
  }
});

/** A resource of whatever type. */
class Any extends CustomResource {}

/** Registers resources as they are. */
function register(resources: readonly Resource[]): void {
  for (const { type, name, props, protect = false } of resources) new Any(type, name, props, { protect });
}
