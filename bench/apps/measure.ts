import type { BenchContext } from "../operations";
import { type AppsRun, appComparisons } from "./figures";
import type { AppsResult } from "./result";
import { measureWiring } from "./wiring";

/** Pod templates that are wired in a run. */
const templates = 1_000;

/** Measures what apps cost. Who comes first changes from run to run; a first run, in which the code is compiled, is thrown away. */
export async function measureApps({ progress, signal }: BenchContext, runs: number): Promise<AppsResult> {
  const measured: AppsRun[] = [];
  for (let run = 0; run <= runs; run++) {
    signal.throwIfAborted();
    const one = measureWiring(templates, run % 2 === 1);
    if (run > 0) measured.push(one);
  }
  progress(`apps: ${templates} templates wired`);
  return { comparisons: appComparisons(measured, templates), templates };
}
