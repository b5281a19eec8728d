import type { Target } from "../commands/target";
import type { ChartPeer } from "./chart-peer";
import { runCommand, tsx } from "./command";
import type { Operation, OperationReport } from "./stack-operation";
import { benchCluster, benchEnvironment } from "./target";

/** What the parts of the benchmark need of their surroundings. */
export interface BenchContext {
  readonly target: Target;
  readonly peer: ChartPeer;
  /** Tells people how far it has come. */
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Brings the cluster up as a command of its own. @returns seconds */
export async function clusterUp(signal: AbortSignal): Promise<number> {
  const args = ["local/cluster/main.ts", "up", "--name", benchCluster];
  return (await runCommand(tsx, args, { env: benchEnvironment, signal })).seconds;
}

/** Runs an operation on the stack as a program of its own. */
export async function stackOperation(
  operation: Operation,
  signal: AbortSignal,
): Promise<{ seconds: number; startedAt: number; report: OperationReport }> {
  const { stdout, ...times } = await runCommand(tsx, ["bench/stack-operation.ts", operation], {
    env: benchEnvironment,
    signal,
  });
  return { ...times, report: JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as OperationReport };
}
