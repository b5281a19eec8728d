import { rmSync } from "node:fs";
import { CustomResource } from "@pulumi/pulumi";
import type { PreviewOptions, Stack } from "@pulumi/pulumi/automation";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import type { BenchContext } from "../operations";
import { type BenchObject, tenantObjects } from "./objects";
import { emptyPack, pack } from "./start";

/** Numbers of resources of the stacks that are previewed. */
export const stackSizes = [10, 100, 500] as const;

/** Seconds of one preview with the pack, of one with a pack that has no policy, and of one with none. */
export interface PreviewTimes {
  readonly with: number;
  readonly empty: number;
  readonly without: number;
}

/** Previews of one run, by the size of the stack. */
export type PreviewRun = Readonly<Record<(typeof stackSizes)[number], PreviewTimes>>;

type Way = readonly [keyof PreviewTimes, PreviewOptions];

/** Previews stacks that are not up, where there is no cluster, with the pack, with an empty one and without. Who comes first changes from run to run. */
export async function measurePreviews({ progress, signal }: BenchContext, runs: number): Promise<PreviewRun[]> {
  const scratch = new Scratch([]);
  const settings = new PackSettings();
  const empty = emptyPack();
  const ways: readonly Way[] = [
    ["with", { policyPacks: [pack], policyPackConfigs: [settings.file({ name: "bench", environmentConfig: {} })] }],
    ["empty", { policyPacks: [empty] }],
    ["without", {}],
  ];
  const secondsOf = async (stack: Stack, options: PreviewOptions) => {
    signal.throwIfAborted();
    const started = performance.now();
    await stack.preview({ ...options, signal });
    return (performance.now() - started) / 1_000;
  };
  try {
    const [small, medium, large] = stackSizes;
    const measured: PreviewRun[] = [];
    // A first one, in which code is compiled and files are read for the first time, is thrown away.
    for (let run = 0; run <= runs; run++) {
      const times = async (size: number): Promise<PreviewTimes> => {
        const stack = await open(scratch, size);
        const taken = { with: 0, empty: 0, without: 0 };
        const first = run % ways.length;
        for (const [way, options] of [...ways.slice(first), ...ways.slice(0, first)]) {
          taken[way] = await secondsOf(stack, options);
        }
        return taken;
      };
      const one = { [small]: await times(small), [medium]: await times(medium), [large]: await times(large) };
      if (run > 0) measured.push(one);
      progress(`policies: previews, ${run === 0 ? "a first time" : `run ${run} of ${runs}`}`);
    }
    return measured;
  } finally {
    scratch.remove();
    settings.remove();
    rmSync(empty, { recursive: true });
  }
}

function open(scratch: Scratch, size: number): Promise<Stack> {
  const objects = tenantObjects(size);
  return scratch.open({ name: `bench-${size}`, config: {}, environmentConfig: {} }, async () => register(objects));
}

/** A resource of whatever type. */
class Any extends CustomResource {}

function register(objects: readonly BenchObject[]): void {
  for (const { type, name, props } of objects) new Any(type, name, props);
}
