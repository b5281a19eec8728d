import { createHash } from "node:crypto";
import type { ConsumerConfig, ConsumerInfo, StreamConfig, StreamState } from "@nats-io/jetstream";
import { z } from "zod";
import { describeError } from "../../../services/text";
import { parseJson, writeJson } from "./lossless-json";
import { readText, type Store, writeText } from "./store";

/** Name of the file that says what a backup is. It names only what is complete. */
export const manifestFile = "manifest.json";

/** Folder of the archives. */
export const archivesFolder = "streams";

/** The format that is written, and the only one that is read. */
const formatVersion = 1;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const time = z.iso.datetime({ precision: undefined });

/** What servers take as the name of a stream or a consumer: no more than one part of a subject. */
const entityName = z.string().regex(/^[^\s.*>/\\]+$/);
const counts = z.looseObject({ messages: count, bytes: count, first_seq: count, last_seq: count });

const slice = z.strictObject({
  first: count,
  last: count,
  messages: count,
  oldest: time.optional(),
  newest: time.optional(),
  sha256: digest,
});

/** Where a consumer stood. Restored, it stands there or further: messages were delivered while the backup was made. */
const consumer = z.strictObject({
  name: entityName,
  config: z.custom<ConsumerConfig>((value) => typeof value === "object" && value !== null),
  /** Sequences of the stream. */
  delivered: count,
  acknowledged: count,
  /** What beside tells whether it has moved: when it was made, its own sequences, and how many messages wait for their acknowledgement. */
  created: z.string().optional(),
  deliveries: count.optional(),
  settled: count.optional(),
  pending: count.optional(),
});

const archive = z.strictObject({
  // No way out of the folder.
  file: z.string().regex(/^streams\/[A-Za-z0-9%_~-]+\.[0-9TZ]+\.tar\.s2$/),
  bytes: count,
  sha256: digest,
});

const savedStream = z.strictObject({
  name: entityName,
  /** When the stream was made: tells it from another of its name. */
  created: z.string().optional(),
  /** When it was taken. */
  taken: time,
  config: z.custom<StreamConfig>((value) => typeof value === "object" && value !== null),
  /** Of the snapshot; a restored stream has all of these messages and maybe some that came while it was taken. */
  state: z.custom<StreamState>((value) => counts.safeParse(value).success),
  consumers: z.array(consumer),
  /** Null for a stream in memory, which servers do not make snapshots of: its configuration is all that is saved. */
  archive: archive.nullable(),
  /** Null if it could not be read as it is in the archive; {@link why} says the reason. */
  content: z.strictObject({ messages: count, sha256: digest, slices: z.array(slice) }).nullable(),
  why: z.string().optional(),
});

const manifestSchema = z.strictObject({
  format: z.literal(formatVersion),
  /** Name of the account, for people. */
  account: z.string(),
  /** Of the nats-server that was asked. */
  serverVersion: z.string(),
  /** When the backup was begun first. */
  created: time,
  /** Whether all streams that were asked for are in it. */
  complete: z.boolean(),
  /** Names of streams that were asked for and are not in it as they were when the last run saw them. */
  missing: z.array(z.string()).default([]),
  streams: z
    .array(savedStream)
    .refine((streams) => new Set(streams.map(({ name }) => name)).size === streams.length, "names a stream twice")
    .refine((streams) => streams.every(({ name, config }) => config.name === name), "has a stream under another name")
    .refine(
      (streams) =>
        streams.every((one) => one.consumers.every(({ name, config }) => (config.durable_name ?? name) === name)),
      "has a consumer under another name",
    ),
});

/** Where a consumer stood. */
export type SavedConsumer = z.output<typeof consumer>;
/** One stream of a backup. */
export type SavedStream = z.output<typeof savedStream>;
/** What a backup is. */
export type Manifest = z.output<typeof manifestSchema>;

/** A new manifest without streams. */
export function newManifest(account: string, serverVersion: string, now: Date): Manifest {
  return {
    format: formatVersion,
    account,
    serverVersion,
    created: now.toISOString(),
    complete: false,
    missing: [],
    streams: [],
  };
}

/** What a manifest has of a consumer. */
export function savedConsumer({
  name,
  config,
  created,
  delivered,
  ack_floor,
  num_ack_pending,
}: ConsumerInfo): SavedConsumer {
  return {
    name,
    config,
    delivered: delivered.stream_seq,
    acknowledged: ack_floor.stream_seq,
    created,
    deliveries: delivered.consumer_seq,
    settled: ack_floor.consumer_seq,
    pending: num_ack_pending,
  };
}

/** Longest name of a stream that is used for its file as it is. */
const longestName = 150;

/** Name of a new archive. It is one of its own at every time, so that a former one stays as it is until its follower is complete. */
export function archiveFile(stream: string, now: Date): string {
  const plain = encodeURIComponent(stream).replace(
    /[!'()*.]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const name = plain.length <= longestName ? plain : `${plain.slice(0, longestName)}~${sha256(stream).slice(0, 16)}`;
  return `${archivesFolder}/${name}.${now.toISOString().replace(/[-:.]/g, "")}.tar.s2`;
}

/** Writes the manifest in the former one's place. */
export function writeManifest(store: Store, manifest: Manifest, signal?: AbortSignal): Promise<void> {
  return writeText(store, manifestFile, `${writeJson({ ...manifest, sha256: checksum(manifest) }, 2)}\n`, signal);
}

/**
 * Reads and checks the manifest; undefined if there is none.
 * @throws Error if it is not as it was written, or of another format
 */
export async function readManifest(store: Store): Promise<Manifest | undefined> {
  const text = await readText(store, manifestFile);
  if (text === undefined) return undefined;
  const where = `${manifestFile} of ${store.name}`;
  const { sha256: written, ...rest } = parse(text, where);
  if (rest.format !== formatVersion) {
    throw new Error(`${where} has format ${JSON.stringify(rest.format)}; this program reads ${formatVersion}`);
  }
  if (written !== checksum(rest)) {
    throw new Error(
      `${where} is not as it was written: its checksum is another. Use another backup, or a copy of this one`,
    );
  }
  const result = manifestSchema.safeParse(rest);
  if (!result.success) throw new Error(`${where} is not a backup's: ${z.prettifyError(result.error).split("\n")[0]}`);
  return result.data;
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    const value = parseJson(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
    throw new Error("it is no object");
  } catch (error) {
    throw new Error(`${where} is no JSON: ${describeError(error)}. Use another backup, or a copy of this one`, {
      cause: error,
    });
  }
}

/** Of the manifest as JSON without spaces, its keys in the order they were written. */
function checksum(manifest: object): string {
  return sha256(writeJson(manifest));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
