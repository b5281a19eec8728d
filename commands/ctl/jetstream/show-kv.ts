import { isUtf8 } from "node:buffer";
import type { NatsConnection } from "@nats-io/nats-core";
import { printable } from "../../printable";
import { readers } from "../access/logins";
import { type Access, withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { ago, bytes, mark, print, properties, tableOr } from "../output";
import { type BucketReport, bucketReport, isBucket, readKey, readKeys } from "./kv";
import { requireJetStream } from "./show-streams";
import { readStreams } from "./streams";

interface Args {
  readonly bucket?: string;
  readonly key?: string;
  readonly account?: string;
  readonly limit: number;
}

interface FoundBucket extends BucketReport {
  readonly connection: NatsConnection;
}

/** Prints buckets, the keys of one, or the value of a key. */
export async function showKv(args: Args, { stack, json }: CommandContext): Promise<number> {
  if (!Number.isInteger(args.limit) || args.limit < 1) {
    throw new UnusableError(`--limit is "${args.limit}"; it must be a whole number from 1`);
  }
  if (args.key !== undefined) requireKey(args.key);
  return withAccess(stack, async (access) => {
    const buckets = await bucketsOf(access, args.account);
    if (args.bucket === undefined) return showBuckets(buckets, json);
    const bucket = theBucket(buckets, args.bucket);
    return args.key === undefined ? showKeys(bucket, args.limit, json) : showKey(bucket, args.key, json);
  });
}

/** @throws UnusableError for what stands for several keys, or for none */
export function requireKey(key: string): void {
  if (!/[*>\s]/.test(key)) return;
  throw new UnusableError(
    `"${key}" is not a key: keys have no *, > or spaces; ctl kv <bucket> lists those that there are`,
  );
}

async function bucketsOf(access: Access, account: string | undefined): Promise<FoundBucket[]> {
  requireJetStream(access);
  const found = readers(access.facts.logins, account).map(async (login) => {
    const connection = await access.connect(login);
    const { infos } = await readStreams(connection);
    return infos.filter(isBucket).map((info) => ({ ...bucketReport(login.account, info), connection }));
  });
  return (await Promise.all(found)).flat();
}

function theBucket(buckets: readonly FoundBucket[], name: string): FoundBucket {
  const [bucket, other] = buckets.filter((one) => one.name === name);
  if (!bucket) {
    throw new UnusableError(
      `there is no bucket "${name}"; there are: ${buckets.map((one) => one.name).join(", ") || "none"}`,
    );
  }
  if (other) {
    throw new UnusableError(
      `accounts ${bucket.account} and ${other.account} both have a bucket "${name}": choose with --account`,
    );
  }
  return bucket;
}

const bucketTitles = ["bucket", "account", "ttl", "history", "keys", "values", "bytes", "replicas", ""];

function showBuckets(buckets: readonly FoundBucket[], json: boolean): number {
  const ok = buckets.every(({ problems }) => problems.length === 0);
  const reports = buckets.map(({ connection: _, ...report }) => report);
  const rows = reports.map(({ name, account, ttlSeconds, history, keys, values, bytes: size, replicas, problems }) => ({
    mark: mark(problems),
    cells: [
      name,
      account,
      ttl(ttlSeconds),
      String(history),
      String(keys),
      String(values),
      bytes(size),
      String(replicas),
      problems.join("; "),
    ],
  }));
  print(json, { ok, buckets: reports }, () => tableOr("no buckets", bucketTitles, rows));
  return ok ? 0 : 1;
}

async function showKeys(bucket: FoundBucket, most: number, json: boolean): Promise<number> {
  const { connection, name, account, ttlSeconds } = bucket;
  const { keys, more } = await readKeys(connection, name, most);
  const now = Date.now();
  const rows = keys.map(({ key, revision, created, deleted }) => ({
    mark: " ",
    cells: [key, String(revision), ago(created, now), deleted ? "deleted" : ""],
  }));
  print(json, { bucket: name, account, ttlSeconds, keys, more }, () => [
    ...tableOr(`no keys in bucket ${name}`, ["key", "revision", "age", ""], rows),
    ...(more > 0 ? [`and ${more} more: --limit ${most + more} lists them all`] : []),
  ]);
  return 0;
}

async function showKey({ connection, name, account, ttlSeconds }: FoundBucket, key: string, json: boolean) {
  const found = await readKey(connection, name, key);
  if (!found) throw new UnusableError(`bucket ${name} has no key "${key}", or its value has expired`);
  const text = isUtf8(found.value);
  const value = Buffer.from(found.value).toString(text ? "utf8" : "base64");
  const { revision, created, deleted } = found;
  const document = {
    bucket: name,
    account,
    key,
    revision,
    created,
    deleted,
    encoding: text ? "utf8" : "base64",
    value,
  };
  print(json, document, () => [
    ...properties({
      bucket: `${name} of ${account}, ttl ${ttl(ttlSeconds)}`,
      key,
      revision,
      created: `${created} (${ago(created, Date.now())})`,
      bytes: found.value.length,
    }),
    deleted ? "deleted" : text ? printable(value) : `base64: ${value}`,
  ]);
  return 0;
}

function ttl(seconds: number): string {
  return seconds === 0 ? "none" : `${seconds} s`;
}
