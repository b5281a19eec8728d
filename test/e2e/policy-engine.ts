import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { checkStack, type PackOptions, type StackReport } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import { policies } from "../../policies/policies";

/** Settings of policies in place of their defaults, as `policy-config.json` has them. */
type Config = Readonly<Record<string, string | object>>;

/** A resource's inputs, as the engine would hand them to its provider. */
type Inputs = Readonly<Record<string, unknown>>;

const pack = join(__dirname, "../../policies");

/** Previews of small programs by Pulumi's engine, with the pack. */
export class PolicyEngine {
  private readonly scratch = new Scratch([]);
  private readonly folder = mkdtempSync(join(tmpdir(), "policy-e2e-"));

  remove(): void {
    this.scratch.remove();
    rmSync(this.folder, { recursive: true });
  }

  /** Fails unless the engine refuses the program, by this policy and no other, or advises against it, as the policy's level is. */
  async assertSpeaks(policy: string, name: string, program: () => void, config: Config = {}): Promise<void> {
    const { violations, error } = await this.check(name, program, config);
    assert.equal(error, undefined);
    assert.deepEqual([...new Set(violations.map((one) => one.policy))], [policy], JSON.stringify(violations));
    const { enforcementLevel } = policies.find((one) => one.name === policy) ?? assert.fail();
    for (const { level, urn } of violations) {
      assert.equal(level, enforcementLevel);
      assert.match(urn, /^urn:pulumi:/);
    }
  }

  /** What `make policy` says of a program. */
  check(name: string, program: () => void, config: Config): Promise<StackReport> {
    return this.with(name, program, config, (open, options) => {
      return checkStack({ name, isProduction: false, config: {} }, "nothing", open, options);
    });
  }

  /** The inputs of a program's resources in a preview with the pack, by Pulumi's names. */
  async inputs(name: string, program: () => void, config: Config): Promise<ReadonlyMap<string, Inputs>> {
    const inputs = new Map<string, Inputs>();
    await this.with(name, program, config, async (open, { pack, config }) => {
      const stack = await open();
      await stack.preview({
        policyPacks: [pack],
        policyPackConfigs: [config],
        onEvent: ({ resourcePreEvent }) => {
          const { urn = "", new: planned } = resourcePreEvent?.metadata ?? {};
          inputs.set(urn.split("::").at(-1) ?? "", planned?.inputs ?? {});
        },
      });
    });
    return inputs;
  }

  private async with<T>(
    name: string,
    program: () => void,
    config: Config,
    work: (open: () => Promise<Stack>, options: PackOptions) => Promise<T>,
  ): Promise<T> {
    const file = join(this.folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    const settings = new PackSettings(file);
    const stack = { name, isProduction: false, config: {} };
    const open = () => this.scratch.open(stack, async () => program());
    return work(open, { pack, config: settings.file(false) }).finally(() => settings.remove());
  }
}
