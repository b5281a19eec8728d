/** The limit that does not limit. A limit left out of a JWT is read by the server as 0, which is "nothing allowed": so every limit is written. */
export const unlimited = -1;

/** Limits an operator sets on an account. Whole numbers, -1 for unlimited, 0 for none allowed. */
export interface AccountLimits {
  /** Client connections at a time, over all servers. */
  readonly connections: number;
  /** Leaf node connections at a time, over all servers. */
  readonly leafNodes: number;
  /** Subscriptions at a time of each connection. */
  readonly subscriptions: number;
  /** Largest message, in bytes. The server's own `max_payload` holds too. */
  readonly payload: number;
  /** Bytes in flight. Written for completeness: nats-server 2.14 reads but does not enforce it. */
  readonly data: number;
  /** Imports from other accounts. */
  readonly imports: number;
  /** Exports to other accounts. */
  readonly exports: number;
  /** Whether exports may contain wildcards. */
  readonly wildcardExports: boolean;
  /** Whether bearer users (a JWT alone, without proof of the key) are refused. */
  readonly disallowBearer: boolean;
}

/**
 * JetStream limits of an account, over the whole cluster. -1 for unlimited. With both storages 0 the account has no JetStream.
 * Storage counts every replica: a stream of 1 GiB with 3 replicas uses 3 GiB of it.
 */
export interface JetStreamLimits {
  /** Bytes in memory; 0 for no memory streams. */
  readonly memoryStorage: number;
  /** Bytes on disk; 0 for no file streams. */
  readonly diskStorage: number;
  /** Streams, buckets included. @default -1 */
  readonly streams?: number;
  /** Consumers of each stream. @default -1 */
  readonly consumers?: number;
  /** Messages delivered and not yet acknowledged, of each consumer. @default -1 */
  readonly maxAckPending?: number;
  /** Bytes of one memory stream. @default -1 */
  readonly memoryMaxStreamBytes?: number;
  /** Bytes of one file stream. @default -1 */
  readonly diskMaxStreamBytes?: number;
  /** Whether a stream without a size of its own is refused. @default false */
  readonly maxBytesRequired?: boolean;
}

/** Limits of one user's connections. -1, the default, leaves it to the account. */
export interface UserLimits {
  /** Subscriptions at a time of each connection. @default -1 */
  readonly subscriptions?: number;
  /** Largest message, in bytes. @default -1 */
  readonly payload?: number;
  /** See {@link AccountLimits.data}. @default -1 */
  readonly data?: number;
  /** Networks the user may come from, in CIDR notation. @default anywhere */
  readonly src?: readonly string[];
  /** Times of day the user may be connected, `hh:mm:ss`. @default always */
  readonly times?: readonly { readonly start: string; readonly end: string }[];
  /** Time zone of `times`, such as `Europe/Vienna`. @default that of the server */
  readonly timesLocation?: string;
}

/** Fields of an account's `limits` claim, in the order nsc writes them. Without JetStream its storage is 0, which is how an account has none. */
export function accountLimitsClaim(limits: AccountLimits, jetstream?: JetStreamLimits): object {
  const off = jetstream ? unlimited : 0;
  return {
    subs: limits.subscriptions,
    data: limits.data,
    payload: limits.payload,
    imports: limits.imports,
    exports: limits.exports,
    wildcards: limits.wildcardExports,
    disallow_bearer: limits.disallowBearer,
    conn: limits.connections,
    leaf: limits.leafNodes,
    mem_storage: jetstream?.memoryStorage ?? 0,
    disk_storage: jetstream?.diskStorage ?? 0,
    streams: jetstream?.streams ?? off,
    consumer: jetstream?.consumers ?? off,
    max_ack_pending: jetstream?.maxAckPending ?? off,
    mem_max_stream_bytes: jetstream?.memoryMaxStreamBytes ?? off,
    disk_max_stream_bytes: jetstream?.diskMaxStreamBytes ?? off,
    max_bytes_required: jetstream?.maxBytesRequired ?? false,
  };
}

/** Limit fields of a user claim, in the order nsc writes them. */
export function userLimitsClaim(limits: UserLimits = {}): object {
  return {
    src: nonEmpty(limits.src),
    times: nonEmpty(limits.times),
    times_location: limits.timesLocation,
    subs: limits.subscriptions ?? unlimited,
    data: limits.data ?? unlimited,
    payload: limits.payload ?? unlimited,
  };
}

/** What is wrong with the limits of an account; empty if nothing. */
export function accountLimitsProblems(limits: AccountLimits, jetstream?: JetStreamLimits): string[] {
  const { wildcardExports: _wildcards, disallowBearer: _bearer, ...numbers } = limits;
  const problems = numberProblems("limit", numbers, 0);
  if (jetstream === undefined) return problems;
  const { memoryStorage, diskStorage, maxBytesRequired: _required, ...optional } = jetstream;
  problems.push(...numberProblems("JetStream limit", { memoryStorage, diskStorage }, 0));
  // The server takes 0 for unlimited here, the opposite of what it says.
  problems.push(...numberProblems("JetStream limit", given(optional), 1));
  return problems;
}

/** What is wrong with the limits of a user; empty if nothing. */
export function userLimitsProblems({ subscriptions, payload, data, src = [], times = [] }: UserLimits = {}): string[] {
  const cidr = /^([\d.]+\/\d{1,2}|[\da-f:.]+\/\d{1,3})$/i;
  const time = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
  return [
    ...numberProblems("limit", given({ subscriptions, payload, data }), 0),
    ...src
      .filter((network) => !cidr.test(network))
      .map((network) => `src ${JSON.stringify(network)} is not a network in CIDR notation, such as 10.0.0.0/8`),
    ...times
      .flatMap(({ start, end }) => [start, end])
      .filter((value) => !time.test(value))
      .map((value) => `time ${JSON.stringify(value)} is not of the form hh:mm:ss`),
  ];
}

/** A value that is missing is a problem too: it would be left out of the JWT. */
function numberProblems(label: string, values: Readonly<Record<string, number | undefined>>, least: 0 | 1): string[] {
  return Object.entries(values)
    .filter(([, value]) => !(Number.isSafeInteger(value) && (Number(value) >= least || value === unlimited)))
    .map(([key, value]) => `${label} ${key} is ${value}, it must be a whole number from ${least}, or -1 for unlimited`);
}

/** The record without undefined values. */
export function given<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

/** Undefined for an empty list, because that is left out of the JSON. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}
