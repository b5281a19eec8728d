import { jetstreamManager, StorageType, type StreamConfig } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { onceHeard } from "../../once-heard";
import type { ProbeContext } from "../context";
import type { ExpectedBucket } from "../contract";
import type { Check } from "../runner";
import { onceCaughtUp } from "./catch-up";
import { replicaProblem } from "./jetstream";

/** The config's key-value buckets are there, each with its lifetime, replicas and size limit. */
export const kvBuckets: Check<ProbeContext> = {
  name: "kv-buckets",
  needs: ["client-connect"],
  async run(context) {
    const manager = await jetstreamManager(await context.session("control-plane"));
    const { buckets } = context.settings.expected;
    const problems = await Promise.all(
      buckets.map(async (bucket) => {
        try {
          const info = () => manager.streams.info(`KV_${bucket.name}`);
          const wrong = bucketProblems(bucket, (await info()).config);
          const behind = await onceCaughtUp(async () => replicaProblem(await info(), bucket.replicas) ?? "");
          return [...wrong, behind].filter(Boolean).map((problem) => `${bucket.name}: ${problem}`);
        } catch (error) {
          return [`${bucket.name}: ${isNotFound(error) ? "missing" : (error as Error).message}`];
        }
      }),
    );
    const found = problems.flat();
    if (found.length) throw new Error(found.join("; "));
    return buckets
      .map(({ name, ttlSeconds }) => `${name} (${ttlSeconds ? `${ttlSeconds} s` : "no expiry"})`)
      .join(", ");
  },
};

/** A bucket of our own takes a value, gives it back, refuses a stale update and forgets what is deleted. */
export const kvRoundtrip: Check<ProbeContext> = {
  name: "kv-roundtrip",
  needs: ["client-connect"],
  async run(context) {
    const bucket = `${context.prefix}_BUCKET`;
    const kv = await new Kvm(await context.session("control-plane")).create(bucket, {
      replicas: context.settings.expected.replicas,
      storage: StorageType.File,
      max_bytes: 1024 * 1024,
      ttl: 60_000,
    });
    try {
      const revision = await onceHeard(() => kv.put("key", "one"));
      if ((await kv.get("key", { revision }))?.string() !== "one")
        throw new Error("a value put was not what get returned");
      await kv.update("key", "two", revision);
      const stale = await kv.update("key", "three", revision).then(
        () => "accepted",
        () => "refused",
      );
      if (stale === "accepted") throw new Error("an update of a stale revision was accepted");
      await kv.delete("key");
      const gone = await kv.get("key");
      if (gone && gone.operation === "PUT") throw new Error("a deleted key still has its value");
      return "put, get, compare-and-set, delete";
    } finally {
      await kv.destroy().catch(() => {}); // left for deleteLeftovers of a later run
    }
  },
};

const nanosecondsPerSecond = 1e9;

/** Where a bucket's stream differs from what the config declares. */
export function bucketProblems(
  expected: ExpectedBucket,
  actual: Pick<StreamConfig, "max_age" | "max_bytes" | "max_msgs_per_subject" | "num_replicas" | "storage">,
): string[] {
  const problems: string[] = [];
  const compare = (what: string, is: number | string, should: number | string) => {
    if (is !== should) problems.push(`${what} is ${is}, not ${should}`);
  };
  compare("TTL in seconds", actual.max_age / nanosecondsPerSecond, expected.ttlSeconds);
  compare("number of replicas", actual.num_replicas, expected.replicas);
  compare("size limit in bytes", actual.max_bytes, expected.maxBytes);
  compare("number of revisions per key", actual.max_msgs_per_subject, expected.history);
  compare("storage", actual.storage, StorageType.File);
  return problems;
}

function isNotFound(error: unknown): boolean {
  const code = (error as { status?: number }).status;
  return code === 404;
}
