import { parseArgs } from "node:util";
import { isOnDisk } from "../local/plugins/kubernetes/chart/render";
import { type PartName, parseParts, partNames, usualParts } from "./parts";

/** What a run of the benchmark is to do. */
export interface BenchOptions {
  /** What is measured. */
  readonly parts: readonly PartName[];
  /** Times each figure is taken. */
  readonly runs: number;
  /** Folder or archive of the official chart, for Helm to install; without it the peer applies recorded manifests. */
  readonly chart?: string;
  /** Print one JSON document instead of tables. */
  readonly json: boolean;
  /** Write docs/performance.md. */
  readonly write: boolean;
}

export const usage = `Usage: make bench [PARTS=tenants,account-sync] [RUNS=3] [CHART=/path/to/chart], or npm run -s bench -- [--json] [--write] with the same in the environment
  PARTS    some of ${partNames.join(", ")}, with commas; without it all but tools, whose cold build takes a quarter of an hour on two cores
  RUNS     times each figure is taken, 1 to 20
  CHART    folder of the official nats chart: the peer of lifecycle is then helm install, otherwise server-side apply of what was recorded from the chart
  --json   print one JSON document
  --write  write docs/performance.md; sections of parts that are not measured stay as they are`;

/**
 * Reads the command line and the environment.
 * @throws {Error} with every mistake, and how it is called
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const problems: string[] = [];
  const runs = Number(env.RUNS || "3");
  if (!Number.isInteger(runs) || runs < 1 || runs > 20)
    problems.push(`RUNS is "${env.RUNS}"; it must be a whole number from 1 to 20`);
  const parts = readParts(env.PARTS, problems);
  if (env.CHART && !isOnDisk(env.CHART)) {
    problems.push(`CHART is "${env.CHART}"; it must be the folder of a chart, with a Chart.yaml in it, or a .tgz`);
  }
  const flags = parseFlags(args, problems);
  if (problems.length > 0) throw new Error(`${problems.join("\n")}\n${usage}`);
  return { parts, runs, ...(env.CHART ? { chart: env.CHART } : {}), ...flags };
}

function readParts(list: string | undefined, problems: string[]): readonly PartName[] {
  if (!list) return usualParts;
  try {
    return parseParts(list);
  } catch (error) {
    problems.push((error as Error).message);
    return [];
  }
}

function parseFlags(args: readonly string[], problems: string[]): { json: boolean; write: boolean } {
  const options = { json: { type: "boolean", default: false }, write: { type: "boolean", default: false } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    problems.push((error as Error).message);
    return { json: false, write: false };
  }
}
