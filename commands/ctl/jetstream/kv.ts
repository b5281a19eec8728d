import { jetstreamManager, type StoredMsg, type StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { streamReport } from "./streams";

const prefix = "KV_";
const nanosecondsPerSecond = 1e9;

/** Keys whose values are asked for at a time. */
const atOnce = 16;

/** A key-value bucket at one moment. */
export interface BucketReport {
  readonly account: string;
  readonly name: string;
  /** Seconds after which a value expires; 0 never. */
  readonly ttlSeconds: number;
  /** Revisions kept per key. */
  readonly history: number;
  /** Keys, those that were deleted and not purged among them. */
  readonly keys: number;
  /** Revisions stored, of all keys. */
  readonly values: number;
  readonly bytes: number;
  readonly replicas: number;
  /** For people; empty if it is sound. */
  readonly problems: readonly string[];
}

/** A key of a bucket: its newest revision. */
export interface KeyReport {
  readonly key: string;
  readonly revision: number;
  /** ISO 8601. */
  readonly created: string;
  /** Whether its value was deleted: the revision says so. */
  readonly deleted: boolean;
}

/** A key with its value. */
export interface KeyValue extends KeyReport {
  readonly value: Uint8Array;
}

/** Whether a stream is a bucket. */
export function isBucket({ config }: Pick<StreamInfo, "config">): boolean {
  return config.name.startsWith(prefix);
}

/** The report on the stream of a bucket. */
export function bucketReport(account: string, info: StreamInfo): BucketReport {
  const { config, state } = info;
  return {
    account,
    name: config.name.slice(prefix.length),
    ttlSeconds: config.max_age / nanosecondsPerSecond,
    history: config.max_msgs_per_subject,
    keys: state.num_subjects ?? 0,
    values: state.messages,
    bytes: state.bytes,
    replicas: config.num_replicas,
    problems: streamReport(account, info).problems,
  };
}

/**
 * Keys of a bucket in alphabetical order, by requests that readers may make.
 * @param most keys to return
 */
export async function readKeys(
  connection: NatsConnection,
  bucket: string,
  most: number,
): Promise<{ readonly keys: readonly KeyReport[]; readonly more: number }> {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(prefix + bucket, { subjects_filter: subject(bucket, ">") });
  const names = Object.keys(state.subjects ?? {})
    .map((name) => name.slice(subject(bucket, "").length))
    .sort();
  const wanted = names.slice(0, most);
  const keys: KeyReport[] = [];
  for (let start = 0; start < wanted.length; start += atOnce) {
    const found = await Promise.all(wanted.slice(start, start + atOnce).map((key) => readKey(connection, bucket, key)));
    // Gone since the list was made: expired.
    keys.push(...found.flatMap((key) => (key ? [withoutValue(key)] : [])));
  }
  return { keys, more: names.length - wanted.length };
}

/** A key's newest revision as its leader has it; undefined if there is none. */
export async function readKey(connection: NatsConnection, bucket: string, key: string): Promise<KeyValue | undefined> {
  const manager = await jetstreamManager(connection, { checkAPI: false });
  const message = await manager.streams.getMessage(prefix + bucket, { last_by_subj: subject(bucket, key) });
  return message === null ? undefined : keyValue(key, message);
}

function keyValue(key: string, { seq, timestamp, header, data }: StoredMsg): KeyValue {
  const operation = header?.get("KV-Operation");
  // A server that expires a value leaves a marker with a reason.
  const reason = header?.get("Nats-Marker-Reason");
  return { key, revision: seq, created: timestamp, deleted: Boolean(operation || reason), value: data };
}

function withoutValue({ key, revision, created, deleted }: KeyValue): KeyReport {
  return { key, revision, created, deleted };
}

function subject(bucket: string, key: string): string {
  return `$KV.${bucket}.${key}`;
}
