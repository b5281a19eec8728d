import { isDeepStrictEqual } from "node:util";
import type { StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { describeError, oneLine } from "../../../services/text";
import { ApiError, consumersOf, streamInfo, streamNames } from "./api";
import { archiveProblem, Measuring } from "./archive";
import { type Content, readContent } from "./content";
import { partialSuffix } from "./folder-store";
import { type Lock, lockFile, withLock } from "./lock";
import {
  archiveFile,
  archivesFolder,
  type Manifest,
  manifestFile,
  newManifest,
  readManifest,
  type SavedConsumer,
  type SavedStream,
  savedConsumer,
  writeManifest,
} from "./manifest";
import { pause } from "./pause";
import { type StreamOutcome, type WorkOptions, type WorkReport, workReport } from "./report";
import { openSnapshot, type Snapshot } from "./snapshot";
import type { Store } from "./store";
import { sameConfig } from "./stream-config";

/** How a backup is made. */
export interface BackupOptions extends WorkOptions {
  /** Name of the account, for people; a store holds backups of one. */
  readonly account: string;
}

/** How often a stream is taken that loses messages while it is read. */
const attempts = 3;

/** For how long a former snapshot that broke off may still be under way, in milliseconds. */
const formerMs = 20_000;

/**
 * Saves streams, key-value buckets among them, with their consumers. Changes nothing in the account.
 *
 * Stream by stream: whatever ends it, the manifest names what is complete, and the next run into the same store goes on. A stream that is there
 * already is taken again if it has changed since, so that nothing is older than the last run; its former archive stays until then.
 * @param connection of a user that may do everything with the account's streams
 * @throws Error if the store holds something else, or cannot be written, or the connection breaks
 */
export async function backup(connection: NatsConnection, store: Store, options: BackupOptions): Promise<WorkReport> {
  const names = await asked(connection, options);
  return withLock(store, options.signal, (lock) =>
    saveStreams(connection, store, names, lock, { ...options, signal: lock.signal }),
  );
}

async function saveStreams(
  connection: NatsConnection,
  store: Store,
  names: readonly string[],
  lock: Lock,
  options: BackupOptions,
): Promise<WorkReport> {
  const { account, signal } = options;
  const former = await readManifest(store);
  if (former && former.account !== account) {
    throw new Error(`${store.name} holds a backup of account ${former.account}, not ${account}: choose another place`);
  }
  await removePartials(store);
  let manifest = former ?? newManifest(account, connection.info?.version ?? "", new Date());
  manifest = { ...manifest, complete: false };
  const write = async (next: Manifest) => {
    await lock.check();
    await writeManifest(store, next, signal);
  };
  const outcomes: StreamOutcome[] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    try {
      const { saved, outcome } = await saveStream(connection, store, name, manifest, options);
      if (saved) {
        manifest = withStream(manifest, saved);
        await write(manifest);
      }
      outcomes.push(outcome);
    } catch (error) {
      signal?.throwIfAborted();
      if (connection.isClosed()) throw error;
      outcomes.push({ stream: name, outcome: "failed", messages: 0, bytes: 0, notes: [oneLine(describeError(error))] });
    }
  }
  outcomes.push(...goneSince(manifest, names, options));
  const report = workReport({ account, store: store.name }, outcomes);
  await checkArchives(store, manifest);
  manifest = { ...manifest, complete: report.ok };
  await write(manifest);
  await removeUnnamed(store, manifest, lock);
  return report;
}

/** Names of the streams that are asked for. @throws Error if one is not there */
async function asked(connection: NatsConnection, { account, streams, signal }: BackupOptions): Promise<string[]> {
  const names = await streamNames(connection, signal);
  const unknown = streams?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`account ${account} has no stream ${unknown.join(", ")}; it has ${names.join(", ") || "none"}`);
  }
  return streams ? [...new Set(streams)].sort() : names;
}

/** What is saved of a stream now; without `saved` where the backup has it as it is. */
async function saveStream(
  connection: NatsConnection,
  store: Store,
  name: string,
  manifest: Manifest,
  options: BackupOptions,
): Promise<{ readonly saved?: SavedStream; readonly outcome: StreamOutcome }> {
  const { signal } = options;
  const info = await streamInfo(connection, name, signal);
  if (!info) throw new Error("it was deleted while the backup was made");
  const consumers = (await consumersOf(connection, name, signal)).map(savedConsumer);
  const former = manifest.streams.find((stream) => stream.name === name);
  const about = { stream: name, messages: info.state.messages, bytes: info.state.bytes };
  if (former && isUnchanged(former, info, consumers) && !(await archiveProblem(store, former, { signal }))) {
    return { outcome: { ...about, outcome: "unchanged", notes: [] } };
  }
  if (info.config.storage === "memory") {
    const why = "servers make no snapshot of a stream in memory: its messages are not in the backup";
    const { config, state } = info;
    const taken = new Date().toISOString();
    const saved: SavedStream = { name, taken, config, state, consumers, archive: null, content: null, why };
    return { saved, outcome: { ...about, outcome: "configuration only", notes: [why] } };
  }
  const saved = await takeStream(connection, store, name, consumers, options);
  const { messages, bytes } = saved.state;
  const notes = saved.why ? [saved.why] : [];
  return { saved, outcome: { stream: name, outcome: "saved", messages, bytes, notes } };
}

/** Whether a stream, its configuration and its consumers are as they were when it was saved. */
function isUnchanged(former: SavedStream, { config, state }: StreamInfo, consumers: readonly SavedConsumer[]): boolean {
  const { messages, bytes, first_seq, last_seq } = former.state;
  return (
    former.content !== null &&
    isDeepStrictEqual(
      [messages, bytes, first_seq, last_seq],
      [state.messages, state.bytes, state.first_seq, state.last_seq],
    ) &&
    sameConfig(former.config, config) &&
    isDeepStrictEqual(former.consumers, consumers)
  );
}

/** Saves a stream's archive, and reads what is in it: again if messages have gone in the meantime. */
async function takeStream(
  connection: NatsConnection,
  store: Store,
  name: string,
  consumers: readonly SavedConsumer[],
  options: BackupOptions,
): Promise<SavedStream> {
  for (let attempt = 1; ; attempt++) {
    const { archived, config, state } = await saveArchive(connection, store, name, options);
    const content = await contentOf(connection, name, state, options);
    // Messages never change, so those that are read are all there were when the snapshot began if they are as many.
    const whole = content.messages === state.messages;
    if (whole || attempt === attempts) {
      const why = `it lost messages while it was read, ${attempts} times: what a restore brings back cannot be compared`;
      const taken = new Date().toISOString();
      const saved = { name, taken, config, state, consumers: [...consumers], archive: archived };
      return whole
        ? { ...saved, content: { ...content, slices: [...content.slices] } }
        : { ...saved, content: null, why };
    }
    await store.remove(archived.file);
  }
}

async function saveArchive(
  connection: NatsConnection,
  store: Store,
  name: string,
  { signal, onProgress }: BackupOptions,
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
  { signal, onProgress }: BackupOptions,
): Promise<Content> {
  let done = 0;
  const onMessages = (count: number) => {
    done += count;
    onProgress?.({ stream, doing: "reading", done, total, unit: "messages" });
  };
  return readContent(connection, stream, { first, last }, { signal, onMessages });
}

function withStream(manifest: Manifest, saved: SavedStream): Manifest {
  const others = manifest.streams.filter(({ name }) => name !== saved.name);
  return { ...manifest, streams: [...others, saved].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Streams of the backup that the account has no more. They stay in it. */
function goneSince({ streams }: Manifest, names: readonly string[], options: BackupOptions): StreamOutcome[] {
  if (options.streams) return [];
  return streams
    .filter(({ name }) => !names.includes(name))
    .map(({ name, state: { messages, bytes }, taken }) => {
      const notes = [`the account has it no more; the backup keeps it as it was at ${taken}`];
      return { stream: name, outcome: "gone", messages, bytes, notes };
    });
}

/** Removes what former runs were writing when they were killed; nobody else writes now. */
async function removePartials(store: Store): Promise<void> {
  for (const folder of ["", archivesFolder]) {
    for (const file of await store.list(folder)) {
      const known = folder === archivesFolder || file.startsWith(manifestFile) || file.startsWith(lockFile);
      if (known && file.endsWith(partialSuffix)) await store.remove(folder ? `${folder}/${file}` : file);
    }
  }
}

/** @throws Error if an archive that the manifest names is not there */
async function checkArchives(store: Store, { streams }: Manifest): Promise<void> {
  const there = new Set(await archivesIn(store));
  const missing = streams.flatMap(({ archive }) => (archive && !there.has(archive.file) ? [archive.file] : []));
  if (missing.length === 0) return;
  throw new Error(
    `${missing.join(", ")} went missing while the backup was made. Is somebody else writing to ${store.name}? Run it again`,
  );
}

/**
 * Removes archives that were followed by newer ones, or never became complete.
 * @throws Error if the manifest is not there as it was written
 */
async function removeUnnamed(store: Store, written: Manifest, lock: Lock): Promise<void> {
  if (!isDeepStrictEqual(await readManifest(store), written)) {
    throw new Error(
      `${manifestFile} of ${store.name} is not what was written just now. Is somebody else writing to it? Run it again`,
    );
  }
  await lock.check();
  const named = new Set(written.streams.map(({ archive }) => archive?.file));
  for (const path of await archivesIn(store))
    if (path.endsWith(".tar.s2") && !named.has(path)) await store.remove(path);
}

async function archivesIn(store: Store): Promise<string[]> {
  return (await store.list(archivesFolder)).map((file) => `${archivesFolder}/${file}`);
}
