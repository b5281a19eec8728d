import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation";
import { checkStack, type PackOptions, type StackReport } from "../../commands/policy/check";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";

/** Settings of policies in place of their defaults, as `policy-config.json` has them. */
export type Config = Readonly<Record<string, string | object>>;

/** A resource's inputs, as the engine would hand them to its provider. */
type Inputs = Readonly<Record<string, unknown>>;

/** A stack that programs are previewed in one after another: to make one takes as long as a preview. */
interface Lane {
  readonly name: string;
  readonly stack: Stack;
  program: () => void;
}

export const packFolder = join(__dirname, "../../policies");

/** Previews of small programs by Pulumi's engine, with the pack; several at a time, if so asked. */
export class PolicyEngine {
  private readonly scratch = new Scratch([]);
  private readonly folder = mkdtempSync(join(tmpdir(), "policy-e2e-"));
  private readonly idle: Lane[] = [];
  private lanes = 0;

  remove(): void {
    this.scratch.remove();
    rmSync(this.folder, { recursive: true });
  }

  /** What `make policy` says of a program. */
  check(program: () => void, config: Config = {}): Promise<StackReport> {
    return this.inLane(program, config, ({ name, stack }, options) => {
      return checkStack({ name, config: {}, environmentConfig: {} }, "nothing", async () => stack, options);
    });
  }

  /** The inputs of a program's resources in a preview with the pack, by Pulumi's names. */
  async inputs(program: () => void, config: Config): Promise<ReadonlyMap<string, Inputs>> {
    const inputs = new Map<string, Inputs>();
    await this.inLane(program, config, async ({ stack }, options) => {
      await stack.preview({
        policyPacks: [options.pack],
        policyPackConfigs: [options.config],
        onEvent: ({ resourcePreEvent }) => {
          const { urn = "", new: planned } = resourcePreEvent?.metadata ?? {};
          inputs.set(urn.split("::").at(-1) ?? "", planned?.inputs ?? {});
        },
      });
    });
    return inputs;
  }

  private async inLane<T>(
    program: () => void,
    config: Config,
    work: (lane: Lane, options: PackOptions) => Promise<T>,
  ): Promise<T> {
    const lane = this.idle.pop() ?? (await this.open());
    lane.program = program;
    const file = join(this.folder, `${lane.name}.json`);
    writeFileSync(file, JSON.stringify(config));
    const settings = new PackSettings(file);
    try {
      return await work(lane, { pack: packFolder, config: settings.file({ name: lane.name, environmentConfig: {} }) });
    } finally {
      settings.remove();
      this.idle.push(lane);
    }
  }

  private async open(): Promise<Lane> {
    this.lanes += 1;
    const name = `lane-${this.lanes}`;
    const stack = await this.scratch.open({ name, config: {}, environmentConfig: {} }, async () => lane.program());
    const lane: Lane = { name, stack, program: () => {} };
    return lane;
  }
}
