import { parseArgs } from "node:util";
import { isOnDisk } from "../local/plugins/kubernetes/chart/render";

/** What a run of the benchmark is to do. */
export interface BenchOptions {
  /** Times each part of the life cycle is measured. */
  readonly runs: number;
  /** Folder or archive of the official chart, for Helm to install; without it the peer applies recorded manifests. */
  readonly chart?: string;
  /** Whether all tools are built with empty caches first. */
  readonly coldTools: boolean;
  /** Print one JSON document instead of tables. */
  readonly json: boolean;
  /** Write docs/performance.md. */
  readonly write: boolean;
}

export const usage = `Usage: make bench [RUNS=3] [CHART=/path/to/chart] [TOOLS=cold], or npm run -s bench -- [--json] [--write] with the same in the environment
  RUNS     times each part of the life cycle is measured, 1 to 20
  CHART    folder of the official nats chart: the peer is then helm install, otherwise server-side apply of what was recorded from the chart
  TOOLS    cold: also build every tool with empty caches, which takes a quarter of an hour on two cores
  --json   print one JSON document
  --write  write docs/performance.md`;

/**
 * Reads the command line and the environment.
 * @throws {Error} with every mistake, and how it is called
 */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): BenchOptions {
  const problems: string[] = [];
  const runs = Number(env.RUNS || "3");
  if (!Number.isInteger(runs) || runs < 1 || runs > 20)
    problems.push(`RUNS is "${env.RUNS}"; it must be a whole number from 1 to 20`);
  if (env.TOOLS && env.TOOLS !== "cold") problems.push(`TOOLS is "${env.TOOLS}"; it may only be cold`);
  if (env.CHART && !isOnDisk(env.CHART)) {
    problems.push(`CHART is "${env.CHART}"; it must be the folder of a chart, with a Chart.yaml in it, or a .tgz`);
  }
  const flags = parseFlags(args, problems);
  if (problems.length > 0) throw new Error(`${problems.join("\n")}\n${usage}`);
  return { runs, ...(env.CHART ? { chart: env.CHART } : {}), coldTools: env.TOOLS === "cold", ...flags };
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
