import { isDeepStrictEqual } from "node:util";
import type { StreamInfo, StreamState } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { ApiError, consumersOf, streamInfo } from "./api";
import { archiveProblem, Measuring } from "./archive";
import { type Content, readContent, requireCountable } from "./content";
import { restoreMark } from "./examine";
import { archiveFile, type SavedConsumer, type SavedStream, savedConsumer } from "./manifest";
import { pause } from "./pause";
import type { StreamOutcome, WorkOptions } from "./report";
import { openSnapshot, type Snapshot } from "./snapshot";
import type { Store } from "./store";
import { markOf, sameConfig } from "./stream-config";

/** How often a stream is taken that loses messages while it is read. */
const attempts = 3;

/** For how long a former snapshot that broke off may still be under way, in milliseconds. */
const formerMs = 20_000;

/** What is in a stream that is being restored is a backup's already, and its configuration is not its own. */
const unfinished = "its restore is not finished: run the restore again, or delete it; what a backup has of it stays";

/**
 * What is saved of a stream now; without `saved` where the backup has it as it is.
 * @param former what the backup has of it
 * @throws Error if it cannot be saved
 */
export async function saveStream(
  connection: NatsConnection,
  store: Store,
  name: string,
  former: SavedStream | undefined,
  options: WorkOptions,
): Promise<{ readonly saved?: SavedStream; readonly outcome: StreamOutcome }> {
  const { signal } = options;
  const info = await streamInfo(connection, name, signal);
  if (!info) throw new Error("it was deleted while the backup was made");
  const consumers = await consumersNow(connection, name, signal);
  const about = { stream: name, messages: info.state.messages, bytes: info.state.bytes };
  if (markOf(info.config) !== undefined) {
    const own = former && markOf(info.config) === restoreMark(former);
    if (!own || (await archiveProblem(store, former, { signal }))) throw new Error(unfinished);
    // The backup has it: it is what the stream is restored from.
    return { outcome: { ...about, outcome: "failed", notes: [unfinished] } };
  }
  if (former && isUnchanged(former, info, consumers) && !(await archiveProblem(store, former, { signal }))) {
    return { outcome: { ...about, outcome: "unchanged", notes: [] } };
  }
  requireCounts(info, consumers);
  if (info.config.storage === "memory") {
    const why = "servers make no snapshot of a stream in memory: its messages are not in the backup";
    const { config, state, created } = info;
    const taken = new Date().toISOString();
    const saved: SavedStream = { name, created, taken, config, state, consumers, archive: null, content: null, why };
    return { saved, outcome: { ...about, outcome: "configuration only", notes: [why] } };
  }
  const { saved, notes } = await takeStream(connection, store, info, consumers, options);
  const { messages, bytes } = saved.state;
  return { saved, outcome: { stream: name, outcome: "saved", messages, bytes, notes } };
}

/** Whether a stream, its configuration and its consumers are as they were when it was saved: the same one, not another of its name. */
function isUnchanged(former: SavedStream, info: StreamInfo, consumers: readonly SavedConsumer[]): boolean {
  return (
    former.content !== null &&
    former.created === info.created &&
    isDeepStrictEqual(comparable(former.state), comparable(info.state)) &&
    sameConfig(former.config, info.config) &&
    isDeepStrictEqual(former.consumers, consumers)
  );
}

/** What does not fit into numbers cannot be told from its neighbours, nor compared after a restore. */
function requireCounts({ config, state }: StreamInfo, consumers: readonly SavedConsumer[]): void {
  const { messages, bytes, first_seq, last_seq } = state;
  requireCountable(`stream ${config.name}`, { messages, bytes, first_seq, last_seq });
  for (const { name, delivered, acknowledged, deliveries = 0, settled = 0 } of consumers) {
    requireCountable(`consumer ${name}`, { delivered, acknowledged, deliveries, settled });
  }
}

function comparable({ messages, bytes, first_seq, last_seq, first_ts, last_ts, num_deleted = 0 }: StreamState) {
  return { messages, bytes, first_seq, last_seq, first_ts, last_ts, num_deleted };
}

async function consumersNow(
  connection: NatsConnection,
  stream: string,
  signal?: AbortSignal,
): Promise<SavedConsumer[]> {
  return (await consumersOf(connection, stream, signal)).map(savedConsumer);
}

/** Saves a stream's archive, and reads what is in it: again if messages or consumers have gone in the meantime. */
async function takeStream(
  connection: NatsConnection,
  store: Store,
  { config: { name }, created }: StreamInfo,
  found: readonly SavedConsumer[],
  options: WorkOptions,
): Promise<{ readonly saved: SavedStream; readonly notes: readonly string[] }> {
  for (let attempt = 1, before = found; ; attempt++) {
    const { archived, config, state } = await saveArchive(connection, store, name, options);
    const after = await consumersNow(connection, name, options.signal);
    // A server whose consumer goes while it makes a snapshot may leave out others, too, and says nothing.
    const steady = before.every((one) => after.some((is) => is.name === one.name && is.created === one.created));
    const consumers = steady ? before : [];
    before = after;
    const content = await contentOf(connection, name, state, options);
    // Messages never change, so those that are read are all there were when the snapshot began if they are as many.
    const whole = content.messages === state.messages;
    if ((whole && steady) || attempt === attempts) {
      const why = `it lost messages while it was read, ${attempts} times: what a restore brings back cannot be compared`;
      const taken = new Date().toISOString();
      const rest = { name, created, taken, config, state, consumers: [...consumers], archive: archived };
      const saved = whole
        ? { ...rest, content: { ...content, slices: [...content.slices] } }
        : { ...rest, content: null, why };
      const went = `consumers went while it was saved, ${attempts} times: which a restore brings back is not known`;
      return { saved, notes: [...(whole ? [] : [why]), ...(steady ? [] : [went])] };
    }
    await store.remove(archived.file);
  }
}

async function saveArchive(
  connection: NatsConnection,
  store: Store,
  name: string,
  { signal, onProgress }: WorkOptions,
) {
  const { archive, config, state } = await openWhenFree(connection, name, signal);
  const file = archiveFile(name, new Date());
  const measuring = new Measuring();
  let done = 0;
  const report = (doing: "saving" | "checking", total: number) => (bytes: number) => {
    done += bytes;
    onProgress?.({ stream: name, doing, done, total, unit: "bytes" });
  };
  await store.write(file, measuring.through(archive, report("saving", state.bytes)), signal);
  if (markOf(config) !== undefined) throw new Error(unfinished);
  const archived = { file, ...measuring.result() };
  done = 0;
  const onBytes = report("checking", archived.bytes);
  const problem = await archiveProblem(store, { name, archive: archived }, { signal, onBytes });
  if (problem)
    throw new Error(`${problem}, though it was written just now. Is somebody else writing to ${store.name}?`);
  return { archived, config, state };
}

/** A server makes one snapshot of a stream at a time. */
async function openWhenFree(connection: NatsConnection, name: string, signal?: AbortSignal): Promise<Snapshot> {
  const deadline = Date.now() + formerMs;
  for (;;) {
    try {
      return await openSnapshot(connection, name, signal);
    } catch (error) {
      const former = error instanceof ApiError && /in progress/.test(error.message);
      if (!former || Date.now() > deadline) throw error;
      await pause(1_000, signal);
    }
  }
}

function contentOf(
  connection: NatsConnection,
  stream: string,
  { first_seq: first, last_seq: last, messages: total }: Snapshot["state"],
  { signal, onProgress }: WorkOptions,
): Promise<Content> {
  let done = 0;
  const onMessages = (count: number) => {
    done += count;
    onProgress?.({ stream, doing: "reading", done, total, unit: "messages" });
  };
  return readContent(connection, stream, { first, last }, { signal, onMessages });
}
