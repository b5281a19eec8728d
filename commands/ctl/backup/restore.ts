import type { NatsConnection } from "@nats-io/nats-core";
import { describeError, oneLine } from "../../../services/text";
import { accountInfo, deleteStream } from "./api";
import { archiveProblem } from "./archive";
import { backup } from "./backup";
import { examine, type Finding } from "./examine";
import { manifestFile, readManifest, type SavedStream } from "./manifest";
import { type Progress, type StreamOutcome, type WorkOptions, type WorkReport, workReport } from "./report";
import { createStream, finishStream, type RestoreStreamOptions } from "./restore-stream";
import { type Newcomer, roomProblems } from "./room";
import type { Store } from "./store";
import { targetConfig } from "./stream-config";

/** How a backup is restored. */
export interface RestoreOptions extends WorkOptions {
  /** Name of the account it goes to, for people; it may be another than it came from. */
  readonly account: string;
  /** Whether streams that are there with other content are replaced; what they had is saved below the store first. @default false */
  readonly replace?: boolean | undefined;
  /** Most replicas a stream gets, where the target has fewer servers; their placement is not asked for then. @default as it was */
  readonly replicas?: number | undefined;
}

/** A stream of the backup, and what the account has of it. */
interface Planned {
  readonly saved: SavedStream;
  readonly finding: Finding;
}

/**
 * Restores streams with their consumers, and compares what came of each with what was saved.
 *
 * Everything is checked before anything is changed: the backup, what the account has of these streams, and its room. Whatever ends it, the next
 * run goes on: streams that are there as the backup has them are left alone.
 * @param connection of a user that may do everything with the account's streams
 * @throws Error if anything is refused; nothing is changed then
 */
export async function restore(connection: NatsConnection, store: Store, options: RestoreOptions): Promise<WorkReport> {
  const { account, signal } = options;
  const streams = await checkedStreams(store, options);
  const plan: Planned[] = [];
  for (const saved of streams) plan.push({ saved, finding: await look(connection, saved, options) });
  refuseDifferent(plan, options);
  const sizeRequired = await checkRoom(connection, plan, options);
  const replaced = await saveFormer(connection, store, plan, options);
  const outcomes: StreamOutcome[] = [];
  for (const planned of plan) {
    signal?.throwIfAborted();
    try {
      outcomes.push(
        await carryOut(connection, store, planned, { ...options, replicas: options.replicas, sizeRequired }),
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (connection.isClosed()) throw error;
      outcomes.push(outcome(planned.saved, "failed", [oneLine(describeError(error))]));
    }
  }
  return workReport({ account, store: store.name, ...(replaced ? { replaced } : {}) }, outcomes);
}

/** The streams that are asked for, their archives as they were written. */
async function checkedStreams(
  store: Store,
  { streams: asked, signal, onProgress }: RestoreOptions,
): Promise<SavedStream[]> {
  const manifest = await readManifest(store);
  if (!manifest)
    throw new Error(`${store.name} has no ${manifestFile}: it is no backup, or none that has begun to be one`);
  const names = manifest.streams.map(({ name }) => name);
  const unknown = asked?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`the backup has no stream ${unknown.join(", ")}; it has ${names.join(", ") || "none"}`);
  if (!asked && !manifest.complete) {
    throw new Error(
      `the backup is not complete: run it again, or name the streams to restore: ${names.join(", ") || "it has none"}`,
    );
  }
  const streams = manifest.streams.filter(({ name }) => asked?.includes(name) ?? true);
  const problems: string[] = [];
  for (const saved of streams) {
    const onBytes = counting(saved.name, "checking", saved.archive?.bytes ?? 0, "bytes", onProgress);
    const problem = await archiveProblem(store, saved, { signal, onBytes });
    if (problem) problems.push(problem);
  }
  if (problems.length > 0) {
    throw new Error(`${problems.join("; ")}. Nothing was changed: use another backup, or a copy of this one`);
  }
  return streams;
}

function look(connection: NatsConnection, saved: SavedStream, options: RestoreOptions): Promise<Finding> {
  const { replicas, signal, onProgress } = options;
  const onMessages = counting(saved.name, "checking", saved.state.messages, "messages", onProgress);
  return examine(connection, saved, { replicas, signal, onMessages });
}

function refuseDifferent(plan: readonly Planned[], { account, replace }: RestoreOptions): void {
  if (replace) return;
  const different = plan.flatMap(({ saved, finding }) =>
    finding.kind === "different" ? [`${saved.name} (${finding.why})`] : [],
  );
  if (different.length === 0) return;
  throw new Error(
    `account ${account} has other data in ${different.join(", ")}. Nothing was changed: delete them or name other streams, or replace them with --replace, which saves what they have first`,
  );
}

/** Refuses what the account has no room for. Returns whether it takes only streams with a size. */
async function checkRoom(
  connection: NatsConnection,
  plan: readonly Planned[],
  options: RestoreOptions,
): Promise<boolean> {
  const { account, replicas, signal } = options;
  const info = await accountInfo(connection, signal);
  const newcomers = plan.flatMap(({ saved, finding }): Newcomer[] => {
    if (finding.kind === "there" || finding.kind === "unfinished") return [];
    const config = targetConfig(saved.config, replicas);
    const bytes = saved.archive ? saved.state.bytes : 0;
    if (finding.kind === "absent" || finding.kind === "remnant") return [{ config, bytes }];
    return [{ config, bytes, former: { config: finding.info.config, bytes: finding.info.state.bytes } }];
  });
  const problems = roomProblems(info, newcomers);
  if (problems.length > 0) {
    throw new Error(
      `account ${account} has no room: ${problems.join("; ")}. Nothing was changed: raise its limits, delete what it does not need, or restore less with --streams or --replicas`,
    );
  }
  return info.limits.max_bytes_required === true;
}

/** Saves what is going to be replaced; returns the place, or undefined if nothing is. */
async function saveFormer(
  connection: NatsConnection,
  store: Store,
  plan: readonly Planned[],
  { account, signal, onProgress }: RestoreOptions,
): Promise<string | undefined> {
  const streams = plan.flatMap(({ saved, finding }) => (finding.kind === "different" ? [saved.name] : []));
  if (streams.length === 0) return undefined;
  const place = store.within(`replaced-${new Date().toISOString().replace(/[-:.]/g, "")}`);
  const report = await backup(connection, place, { account, streams, signal, ...(onProgress ? { onProgress } : {}) });
  const unsaved = report.streams.filter(({ outcome }) => outcome !== "saved");
  if (unsaved.length > 0) {
    const why = unsaved.map(({ stream, notes }) => `${stream} (${notes.join("; ")})`).join(", ");
    throw new Error(
      `what is to be replaced cannot be saved: ${why}. Nothing was changed: delete it if nobody needs it`,
    );
  }
  return place.name;
}

async function carryOut(
  connection: NatsConnection,
  store: Store,
  { saved, finding }: Planned,
  options: RestoreStreamOptions,
): Promise<StreamOutcome> {
  const { name } = saved;
  if (finding.kind === "there") return outcome(saved, "already there", finding.notes);
  if (finding.kind === "different" || finding.kind === "remnant") await deleteStream(connection, name, options.signal);
  if (finding.kind !== "unfinished") await createStream(connection, store, saved, options);
  const notes = await finishStream(connection, saved, options);
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

/** Adds up what is done, and tells it. */
function counting(
  stream: string,
  doing: Progress["doing"],
  total: number,
  unit: Progress["unit"],
  onProgress: RestoreOptions["onProgress"],
): (count: number) => void {
  let done = 0;
  return (count) => {
    done += count;
    onProgress?.({ stream, doing, done, total, unit });
  };
}
