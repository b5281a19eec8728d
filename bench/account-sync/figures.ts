import { type Comparison, compare } from "../comparison";
import { percentile } from "../statistics";

/** Measurements of one run. */
export interface AccountSyncRun {
  /** Seconds until all accounts were on every server and known to be there. */
  readonly push: number;
  readonly peerPush: number;
  /** Seconds that the `nats` CLI took for each account. */
  readonly commandLine: number;
  /** Milliseconds from a revocation to the last closed connection. */
  readonly revocations: readonly number[];
  readonly peerRevocations: readonly number[];
  /** Resident memory in MiB: of the replica that acts without an account and with all, and of the other with all. */
  readonly memory: { readonly without: number; readonly leader: number; readonly follower: number };
}

/** MiB that a pod of account-sync may have at most. */
const memoryLimit = 512;

/** @param accounts number that were pushed in each run */
export function accountSyncComparisons(runs: readonly AccountSyncRun[], accounts: number): Comparison[] {
  const count = accounts.toLocaleString("en-US");
  const oneByOne = "one request after the other over one connection, then a lookup of each";
  const byHand = "the account pushed by hand over open connections";
  const closed = (percent: number) => ({
    unit: "ms" as const,
    ours: runs.map(({ revocations }) => percentile(revocations, percent)),
    peer: { name: byHand, values: runs.map(({ peerRevocations }) => percentile(peerRevocations, percent)) },
  });
  const memory = (kind: keyof AccountSyncRun["memory"]) => ({
    unit: "MiB" as const,
    ours: runs.map((run) => run.memory[kind]),
  });
  return [
    {
      name: `${count} accounts pushed to three servers and verified there`,
      unit: "s" as const,
      ours: runs.map(({ push }) => push),
      peer: { name: oneByOne, values: runs.map(({ peerPush }) => peerPush) },
      target: { value: 20 },
    },
    {
      name: "of these, each",
      unit: "ms" as const,
      ours: runs.map(({ push }) => (push / accounts) * 1000),
      peer: { name: "nats request, a process for each", values: runs.map(({ commandLine }) => commandLine * 1000) },
    },
    { name: "revocation to closed connections, p50", ...closed(50) },
    { name: "revocation to closed connections, p99", ...closed(99), target: { value: 2_000 } },
    { name: "memory without a tenant's account", ...memory("without") },
    { name: `memory with ${count} accounts`, ...memory("leader"), target: { value: memoryLimit } },
    { name: `memory with ${count} accounts, the replica that stands by`, ...memory("follower") },
  ].map(compare);
}
