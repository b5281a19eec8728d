import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkStack } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import { policies } from "../../policies/policies";
import type { PackConfig } from "../unit/policies/support/pack";

export const packFolder = join(__dirname, "../../policies");

/** Previews of small programs by Pulumi's engine, with the pack. */
export class PolicyEngine {
  private readonly scratch = new Scratch([]);
  private readonly folder = mkdtempSync(join(tmpdir(), "policy-e2e-"));

  remove(): void {
    this.scratch.remove();
    rmSync(this.folder, { recursive: true });
  }

  /** Fails unless the engine refuses the program, by this policy and no other, or advises against it, as the policy's level is. */
  async assertSpeaks(policy: string, name: string, program: () => void, config: PackConfig = {}): Promise<void> {
    const file = join(this.folder, "policy-config.json");
    writeFileSync(file, JSON.stringify(config));
    const settings = new PackSettings(file);
    const stack = { name, config: {}, environmentConfig: {} };
    const open = () => this.scratch.open(stack, async () => program());
    const options = { pack: packFolder, config: settings.file(stack) };
    const { violations, error } = await checkStack(stack, "nothing", open, options).finally(() => settings.remove());
    assert.equal(error, undefined);
    assert.deepEqual([...new Set(violations.map((one) => one.policy))], [policy], JSON.stringify(violations));
    const { enforcementLevel } = policies.find((one) => one.name === policy) ?? assert.fail();
    for (const { level, urn } of violations) {
      assert.equal(level, enforcementLevel);
      assert.match(urn, /^urn:pulumi:/);
    }
  }
}
