import { CustomResource } from "@pulumi/pulumi";
import { Scratch } from "../../commands/policy/scratch";
import { PackSettings } from "../../commands/policy/settings";
import type { BenchContext } from "../operations";
import { type BenchObject, tenantObjects } from "./objects";
import { pack } from "./start";

/** Seconds of one preview with the pack, and of one without. */
export interface PreviewPair {
  readonly with: number;
  readonly without: number;
}

/** Numbers of resources of the stacks that are previewed. */
export const stackSizes = [10, 100, 500] as const;

/** Times of previews by the size of the stack. */
export type PreviewPairs = Readonly<Record<(typeof stackSizes)[number], readonly PreviewPair[]>>;

/** Previews stacks that are not up, where there is no cluster, with the pack and without it. Who comes first changes from run to run. */
export async function measurePreviews({ progress, signal }: BenchContext, runs: number): Promise<PreviewPairs> {
  const scratch = new Scratch([]);
  const settings = new PackSettings();
  const options = { policyPacks: [pack], policyPackConfigs: [settings.file(false)] };
  try {
    const pairs: [number, PreviewPair[]][] = [];
    for (const size of stackSizes) {
      const objects = tenantObjects(size);
      const stack = await scratch.open({ name: `bench-${size}`, isProduction: false, config: {} }, async () =>
        register(objects),
      );
      const seconds = async (withPack: boolean) => {
        signal.throwIfAborted();
        const started = performance.now();
        await stack.preview({ ...(withPack ? options : {}), signal });
        return (performance.now() - started) / 1_000;
      };
      const measured: PreviewPair[] = [];
      // A first one, in which code is compiled and files are read for the first time, is thrown away.
      for (let run = 0; run <= runs; run++) {
        const first = await seconds(run % 2 === 1);
        const second = await seconds(run % 2 === 0);
        const pair = run % 2 === 1 ? { with: first, without: second } : { with: second, without: first };
        if (run > 0) measured.push(pair);
      }
      progress(`policies: ${size} resources previewed`);
      pairs.push([size, measured]);
    }
    return Object.fromEntries(pairs) as unknown as PreviewPairs;
  } finally {
    scratch.remove();
    settings.remove();
  }
}

/** A resource of whatever type. */
class Any extends CustomResource {}

function register(objects: readonly BenchObject[]): void {
  for (const { type, name, props } of objects) new Any(type, name, props);
}
