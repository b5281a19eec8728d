import { CustomResource } from "@pulumi/pulumi";
import type { Stack } from "@pulumi/pulumi/automation";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import type { BenchContext } from "../operations";
import { type BenchObject, tenantObjects } from "./objects";
import { pack } from "./start";

/** Numbers of resources of the stacks that are previewed. */
export const stackSizes = [10, 100, 500] as const;

/** Seconds of one preview with the pack, and of one without. */
export interface PreviewPair {
  readonly with: number;
  readonly without: number;
}

/** Previews of one run, by the size of the stack. */
export type PreviewRun = Readonly<Record<(typeof stackSizes)[number], PreviewPair>>;

/** Previews stacks that are not up, where there is no cluster, with the pack and without it. Who comes first changes from run to run. */
export async function measurePreviews({ progress, signal }: BenchContext, runs: number): Promise<PreviewRun[]> {
  const scratch = new Scratch([]);
  const settings = new PackSettings();
  const options = { policyPacks: [pack], policyPackConfigs: [settings.file({ name: "bench", environmentConfig: {} })] };
  const secondsOf = async (stack: Stack, withPack: boolean) => {
    signal.throwIfAborted();
    const started = performance.now();
    await stack.preview({ ...(withPack ? options : {}), signal });
    return (performance.now() - started) / 1_000;
  };
  try {
    const [small, medium, large] = stackSizes;
    const measured: PreviewRun[] = [];
    // A first one, in which code is compiled and files are read for the first time, is thrown away.
    for (let run = 0; run <= runs; run++) {
      const pair = async (size: number): Promise<PreviewPair> => {
        const stack = await open(scratch, size);
        const isPackFirst = run % 2 === 1;
        const first = await secondsOf(stack, isPackFirst);
        const second = await secondsOf(stack, !isPackFirst);
        return isPackFirst ? { with: first, without: second } : { with: second, without: first };
      };
      const one = { [small]: await pair(small), [medium]: await pair(medium), [large]: await pair(large) };
      if (run > 0) measured.push(one);
      progress(`policies: previews, ${run === 0 ? "a first time" : `run ${run} of ${runs}`}`);
    }
    return measured;
  } finally {
    scratch.remove();
    settings.remove();
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
