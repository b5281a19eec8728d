import type { BenchContext } from "../operations";
import { clients } from "./comeback";
import { loginComparisons, type WiringRun, wiringComparisons } from "./figures";
import { type LoginsRun, measureLogins } from "./logins";
import type { AppsResult } from "./result";
import { measureWiring } from "./wiring";

/** Pod templates that are wired in a run. */
const templates = 1_000;

/** Measures what apps cost: their wiring and their logins. Who comes first changes from run to run. */
export async function measureApps(context: BenchContext, runs: number): Promise<AppsResult> {
  const wired = measureWirings(context, runs);
  const logins: LoginsRun[] = [];
  for (let run = 1; run <= runs; run++) {
    const progress = (message: string) => context.progress(`apps: run ${run} of ${runs}, ${message}`);
    logins.push(await measureLogins({ ...context, progress }, run % 2 === 1));
  }
  const comparisons = [...loginComparisons(logins, clients), ...wiringComparisons(wired, templates)];
  return { comparisons, templates, clients };
}

/** A run takes milliseconds, so there are more; a first one, in which the code is compiled, is thrown away. */
function measureWirings({ progress, signal }: BenchContext, runs: number): WiringRun[] {
  const measured: WiringRun[] = [];
  for (let run = 0; run <= runs * 3; run++) {
    signal.throwIfAborted();
    const one = measureWiring(templates, run % 2 === 1);
    if (run > 0) measured.push(one);
  }
  progress(`apps: ${templates} templates wired`);
  return measured;
}
