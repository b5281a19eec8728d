import { isDeepStrictEqual } from "node:util";
import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";

/** Key of a stream's metadata while it is restored: the digest of what it is restored from. */
const markKey = "nats-platform.restoring";

/** Settings that servers add to a stream's metadata, about themselves. */
const serversOwn = "_nats.";

/** Whether two configurations say the same, whatever servers add to them. */
export function sameConfig(a: StreamConfig, b: StreamConfig): boolean {
  return isDeepStrictEqual(comparable(a), comparable(b));
}

/** Names of the settings in which two configurations differ. */
export function differingSettings(a: StreamConfig, b: StreamConfig): string[] {
  const [left, right] = [comparable(a), comparable(b)];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((key) => !isDeepStrictEqual(left[key], right[key]))
    .sort();
}

/** A setting that is not there and one that is off are the same to a server. */
function comparable(config: StreamConfig): Record<string, unknown> {
  const { metadata = {}, ...rest } = config;
  const own = Object.entries(metadata).filter(([key]) => !key.startsWith(serversOwn));
  const settings = Object.entries(rest).filter(
    ([, value]) => value !== false && value !== 0 && value !== "" && value !== undefined,
  );
  return { ...Object.fromEntries(settings), metadata: Object.fromEntries(own) };
}

/** The configuration that a stream is to have where it is restored. */
export function targetConfig(saved: StreamConfig, replicas: number | undefined): StreamConfig {
  const { [markKey]: _mark, ...metadata } = saved.metadata ?? {};
  if (replicas === undefined) return { ...saved, metadata };
  // Servers that are fewer are others, too: where the former ones were says nothing about them.
  const { placement: _placement, ...rest } = saved;
  return { ...rest, metadata, num_replicas: Math.min(saved.num_replicas, replicas) };
}

/**
 * The configuration that a stream has until what was restored is compared: nothing in it expires or fires before. It is marked, so
 * that one whose restore was interrupted is known.
 * @param sizeRequired whether the account takes no stream without a size
 */
export function parkedConfig(target: StreamConfig, mark: string, sizeRequired: boolean): StreamConfig {
  const { subject_delete_marker_ttl: _marker, ...rest } = target as StreamConfig & {
    subject_delete_marker_ttl?: number;
  };
  return {
    ...rest,
    max_age: 0,
    // A server that unpacks an archive wants room for its size beside the one that is reserved.
    ...(sizeRequired ? {} : { max_bytes: -1 }),
    allow_msg_ttl: false,
    allow_msg_schedules: false,
    metadata: { ...rest.metadata, [markKey]: mark },
  } as StreamConfig;
}

/** The mark of a stream whose restore is not finished; undefined if it has none. */
export function markOf({ metadata }: StreamConfig): string | undefined {
  return metadata?.[markKey];
}

/** Whether a stream is what a cluster makes of a transfer that broke off: it is marked, and nothing was ever in it. */
export function isLeftover({ config, state }: StreamInfo): boolean {
  const first = (config as { first_seq?: number }).first_seq ?? 1;
  return markOf(config) !== undefined && state.last_seq < Math.max(first, 1) && state.consumer_count === 0;
}
