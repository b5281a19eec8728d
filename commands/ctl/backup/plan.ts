import type { NatsConnection } from "@nats-io/nats-core";
import { accountInfo, streamsOf } from "./api";
import { archiveProblem } from "./archive";
import { replicasNeeded } from "./consumers";
import { examine, type Finding } from "./examine";
import { manifestFile, readManifest, type SavedStream } from "./manifest";
import { overlapProblems, type Subjects } from "./overlap";
import type { Progress } from "./report";
import type { RestoreOptions } from "./restore";
import { consumersNeed } from "./restore-stream";
import { type Newcomer, roomProblems } from "./room";
import type { Store } from "./store";
import { targetConfig } from "./stream-config";

/** A stream of the backup, and what the account has of it. */
export interface Planned {
  readonly saved: SavedStream;
  readonly finding: Finding;
}

/** What a restore is going to do. */
export interface Plan {
  readonly streams: readonly Planned[];
  /** Whether the account takes no stream without a size. */
  readonly sizeRequired: boolean;
}

/**
 * Checks the backup, what the account has of its streams, and whether it takes them. Changes nothing.
 * @throws Error if anything is refused
 */
export async function planRestore(connection: NatsConnection, store: Store, options: RestoreOptions): Promise<Plan> {
  const saved = await checkedStreams(store, options);
  const streams: Planned[] = [];
  for (const stream of saved) streams.push({ saved: stream, finding: await look(connection, stream, options) });
  refuseDifferent(streams, options);
  refuseConsumers(connection, streams, options);
  await refuseOverlap(connection, streams, options);
  return { streams, sizeRequired: await checkRoom(connection, streams, options) };
}

/** Whether a stream has to be made, and not only to be finished. */
function isNew({ finding: { kind } }: Planned): boolean {
  return kind !== "there" && kind !== "unfinished";
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

/** Refuses consumers with more replicas than one server has, which no setting of a restored stream changes. */
function refuseConsumers(
  connection: NatsConnection,
  plan: readonly Planned[],
  { account, replicas }: RestoreOptions,
): void {
  if (connection.info?.cluster !== undefined) return;
  const problems = plan.filter(isNew).flatMap(({ saved }) => {
    const { num_replicas: target } = targetConfig(saved.config, replicas);
    const needed = replicasNeeded(target, saved);
    return needed > target ? [`stream ${saved.name}: ${consumersNeed(needed)}`] : [];
  });
  if (problems.length > 0) {
    throw new Error(`account ${account} is on one server. ${problems.join("; ")}. Nothing was changed`);
  }
}

/** Refuses what stores the same messages as another stream: servers let only one of an account do so. */
async function refuseOverlap(
  connection: NatsConnection,
  plan: readonly Planned[],
  { account, replicas, signal }: RestoreOptions,
): Promise<void> {
  const newcomers = plan.filter(isNew).map(({ saved }): Subjects => targetConfig(saved.config, replicas));
  const names = new Set(newcomers.map(({ name }) => name));
  const all = (await streamsOf(connection, signal)).map(({ config }): Subjects => config);
  const others = all.filter(({ name }) => !names.has(name));
  const problems = overlapProblems(newcomers, others);
  if (problems.length === 0) return;
  throw new Error(
    `account ${account} does not take these streams: ${problems.join("; ")}. Nothing was changed: delete the other streams or change their subjects, or restore less with --streams`,
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
    const target = targetConfig(saved.config, replicas);
    const config = { ...target, num_replicas: replicasNeeded(target.num_replicas, saved) };
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
