import type { NatsConnection } from "@nats-io/nats-core";
import { describeError, oneLine } from "../../../services/text";
import { ApiError, deleteStream, errorCodes } from "./api";
import type { SavedStream } from "./manifest";
import { type Plan, type Planned, planRestore } from "./plan";
import { putBack, saveFormer } from "./replace";
import { BrokenOffError, type StreamOutcome, type WorkOptions, type WorkReport, workReport } from "./report";
import { createStream, finishStream, type RestoreStreamOptions } from "./restore-stream";
import type { Store } from "./store";
import { removeLeftover } from "./transfer";

/** How a backup is restored. */
export interface RestoreOptions extends WorkOptions {
  /** Name of the account it goes to, for people; it may be another than it came from. */
  readonly account: string;
  /** Whether streams that are there with other content are replaced; what they had is saved below the store first. @default false */
  readonly replace?: boolean | undefined;
  /** Most replicas a stream gets, where the target has fewer servers; their placement is not asked for then. @default as it was */
  readonly replicas?: number | undefined;
}

/**
 * Restores streams with their consumers, and compares what came of each with what was saved.
 *
 * Everything is checked before anything is changed: the backup, what the account has of these streams, their subjects, and its room. Whatever ends
 * it, the next run goes on: streams that are there as the backup has them are left alone.
 * @param connection of a user that may do everything with the account's streams
 * @throws Error if anything is refused; nothing is changed then
 * @throws BrokenOffError if it is interrupted, or the connection breaks
 */
export async function restore(connection: NatsConnection, store: Store, options: RestoreOptions): Promise<WorkReport> {
  return carryOutPlan(connection, store, await planRestore(connection, store, options), options);
}

/**
 * The second half of {@link restore}: does what was planned, right after.
 * @throws Error if what is to be replaced cannot be saved; nothing is changed then
 * @throws BrokenOffError if it is interrupted, or the connection breaks
 */
export async function carryOutPlan(
  connection: NatsConnection,
  store: Store,
  { streams, sizeRequired }: Plan,
  options: RestoreOptions,
): Promise<WorkReport> {
  const { account, replicas, signal } = options;
  const replaced = await saveFormer(connection, store, streams, options);
  const outcomes: StreamOutcome[] = [];
  const report = () =>
    workReport({ account, store: store.name, ...(replaced ? { replaced: replaced.name } : {}) }, outcomes);
  for (const planned of streams) {
    try {
      signal?.throwIfAborted();
      outcomes.push(await carryOut(connection, store, planned, replaced, { ...options, replicas, sizeRequired }));
    } catch (error) {
      if (signal?.aborted || connection.isClosed()) throw new BrokenOffError(report(), error);
      outcomes.push(outcome(planned.saved, "failed", [oneLine(describeError(error))]));
    }
  }
  return report();
}

async function carryOut(
  connection: NatsConnection,
  store: Store,
  { saved, finding }: Planned,
  replaced: Store | undefined,
  options: RestoreStreamOptions,
): Promise<StreamOutcome> {
  const { name } = saved;
  const { signal } = options;
  if (finding.kind === "there") return outcome(saved, "already there", finding.notes);
  if (finding.kind === "different") await deleteStream(connection, name, signal);
  if (finding.kind === "remnant") await removeLeftover(connection, name, signal);
  if (finding.kind !== "unfinished") {
    await createStream(connection, store, saved, options).catch((error: unknown) => {
      if (finding.kind !== "different" || !replaced || signal?.aborted || connection.isClosed()) throw error;
      return putBack(connection, replaced, saved, error, options);
    });
  }
  const notes = await finishStream(connection, saved, options).catch(async (error: unknown) => {
    if (!(error instanceof ApiError && error.code === errorCodes.streamNotFound && saved.archive)) throw error;
    // A cluster may carry out only now that what a broken transfer left is deleted, and this stream with it.
    await createStream(connection, store, saved, options);
    return finishStream(connection, saved, options);
  });
  if (!saved.archive) return outcome(saved, "configuration only", notes);
  return outcome(saved, finding.kind === "different" ? "replaced" : "restored", notes);
}

function outcome(
  { name: stream, state: { messages, bytes } }: SavedStream,
  came: StreamOutcome["outcome"],
  notes: readonly string[],
): StreamOutcome {
  return { stream, outcome: came, messages, bytes, notes };
}
