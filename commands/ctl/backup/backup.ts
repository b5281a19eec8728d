import { isDeepStrictEqual } from "node:util";
import type { NatsConnection } from "@nats-io/nats-core";
import { describeError, oneLine } from "../../../services/text";
import { streamNames } from "./api";
import { partialSuffix } from "./folder-store";
import { type Lock, lockFile, withLock } from "./lock";
import {
  archivesFolder,
  type Manifest,
  manifestFile,
  newManifest,
  readManifest,
  type SavedStream,
  writeManifest,
} from "./manifest";
import { type StreamOutcome, type WorkOptions, type WorkReport, workReport } from "./report";
import { saveStream } from "./save-stream";
import type { Store } from "./store";

/** How a backup is made. */
export interface BackupOptions extends WorkOptions {
  /** Name of the account, for people; a store holds backups of one. */
  readonly account: string;
}

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
  const begun = former ?? newManifest(account, connection.info?.version ?? "", new Date());
  // A run of some streams leaves the others as it finds them: also missing.
  const missing = [...new Set([...(options.streams ? begun.missing : []), ...names])].sort();
  let manifest: Manifest = { ...begun, complete: false, missing };
  const write = async (next: Manifest) => {
    await lock.check();
    await writeManifest(store, next, signal);
  };
  const outcomes: StreamOutcome[] = [];
  for (const name of names) {
    signal?.throwIfAborted();
    try {
      const known = manifest.streams.find((stream) => stream.name === name);
      const { saved, outcome } = await saveStream(connection, store, name, known, options);
      const rest = { ...manifest, missing: manifest.missing.filter((other) => other !== name) };
      const next = saved ? withStream(rest, saved) : rest;
      if (saved) await write(next);
      manifest = next;
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
  manifest = { ...manifest, complete: manifest.missing.length === 0 };
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
