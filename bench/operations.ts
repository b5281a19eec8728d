import type { Target } from "../commands/target";
import type { ChartPeer } from "./chart-peer";
import { type CommandResult, runProgram } from "./command";
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
  return (await runProgram(args, { env: benchEnvironment, signal })).seconds;
}

/**
 * Runs an operation on the platform's stack, or on that of a tenant, as a program of its own.
 * @param tenant id of the tenant
 */
export async function stackOperation(
  operation: Operation,
  signal: AbortSignal,
  tenant?: string,
): Promise<Omit<CommandResult, "stdout"> & { readonly report: OperationReport }> {
  const args = ["bench/stack-operation.ts", operation, ...(tenant ? [tenant] : [])];
  const { stdout, ...result } = await runProgram(args, { env: benchEnvironment, signal });
  return { ...result, report: JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as OperationReport };
}

/**
 * Nothing may be measured that is not what it is called.
 * @throws {Error} if an operation that was to change nothing changed something
 */
export function requireUnchanged({ changes }: OperationReport): void {
  // Read is what belongs to others: the environment's outputs, the quota.
  const changed = Object.entries(changes).filter(([name, count]) => name !== "same" && name !== "read" && count > 0);
  if (changed.length === 0) return;
  const list = changed.map(([operation, count]) => `${count} ${operation}`).join(", ");
  throw new Error(`a second up would change something (${list}): there is no up without a change to measure`);
}
