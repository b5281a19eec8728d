/** A key-value bucket of an account. */
export interface Bucket {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Seconds after which a value is gone. 0: never. */
  readonly ttlSeconds: number;
  /** Bytes that the bucket may hold, per replica. */
  readonly maxBytes: number;
  /** Copies on different servers: 1, 3 or 5. */
  readonly replicas: number;
  /** Revisions kept per key, 1 to 64. */
  readonly history: number;
}

/**
 * JetStream stream configuration of a bucket, as every NATS client makes it: durations in nanoseconds.
 * @see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-8.md
 */
export function streamConfig(bucket: Bucket) {
  return {
    name: `KV_${bucket.name}`,
    subjects: [`$KV.${bucket.name}.>`],
    retention: "limits",
    storage: "file",
    discard: "new",
    num_replicas: bucket.replicas,
    max_age: bucket.ttlSeconds * second,
    max_bytes: bucket.maxBytes,
    max_msgs_per_subject: bucket.history,
    max_msgs: -1,
    max_msg_size: -1,
    max_consumers: -1,
    duplicate_window: duplicateWindow(bucket.ttlSeconds) * second,
    allow_rollup_hdrs: true,
    allow_direct: true,
    deny_delete: true,
  };
}

/** Nanoseconds, in which JetStream counts. */
export const second = 1_000_000_000;

/** Seconds in which a message that is sent twice is stored once: two minutes, as clients have it, or as long as messages last if that is shorter. */
export function duplicateWindow(lastSeconds: number): number {
  const twoMinutes = 120;
  return lastSeconds > 0 ? Math.min(lastSeconds, twoMinutes) : twoMinutes;
}
