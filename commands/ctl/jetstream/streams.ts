import { type JetStreamManager, jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";

/** Replicas of a stream or consumer, as servers describe them. */
export interface ReplicaGroup {
  readonly leader?: string;
  readonly replicas?: readonly {
    readonly name: string;
    readonly current: boolean;
    readonly offline?: boolean;
    readonly lag?: number;
  }[];
}

/** A stream at one moment, and what is wrong with it. */
export interface StreamReport {
  readonly account: string;
  readonly name: string;
  readonly subjects: readonly string[];
  readonly storage: string;
  readonly replicas: number;
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: number;
  /** Server that leads it; absent without one. */
  readonly leader?: string;
  /** For people; empty if it is sound. */
  readonly problems: readonly string[];
}

/** What servers tell of an account's streams. */
export interface AccountStreams {
  readonly infos: readonly StreamInfo[];
  /** Names of those that no server answers for: they have no leader. */
  readonly silent: readonly string[];
}

/** Fraction of its limit from which on a stream counts as nearly full. */
const nearlyFull = 0.9;

/**
 * Describes an account's streams.
 * @param connection of a user that may read them
 * @throws Error if the account has no JetStream, or nobody answers
 */
export async function readStreams(connection: NatsConnection): Promise<AccountStreams> {
  const manager = await jetstreamManager(connection);
  const [names, infos] = await Promise.all([namesOf(manager), listOf(manager)]);
  const known = new Set(infos.map(({ config }) => config.name));
  return { infos, silent: names.filter((name) => !known.has(name)) };
}

async function namesOf(manager: JetStreamManager): Promise<string[]> {
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  return names;
}

async function listOf(manager: JetStreamManager): Promise<StreamInfo[]> {
  const infos: StreamInfo[] = [];
  for await (const info of manager.streams.list()) infos.push(info);
  return infos.sort((a, b) => a.config.name.localeCompare(b.config.name));
}

/** The reports on an account's streams, by name. */
export function streamReports(account: string, { infos, silent }: AccountStreams): StreamReport[] {
  const reports = infos.map((info) => streamReport(account, info));
  const unknown = silent.map((name) => ({
    account,
    name,
    subjects: [],
    storage: "",
    replicas: 0,
    messages: 0,
    bytes: 0,
    consumers: 0,
    problems: ["no server answers for it: it has no leader, a majority of its replicas is away"],
  }));
  return [...reports, ...unknown].sort((a, b) => a.name.localeCompare(b.name));
}

/** The report on one stream. */
export function streamReport(account: string, info: StreamInfo): StreamReport {
  const { config, state, cluster } = info;
  return {
    account,
    name: config.name,
    subjects: config.subjects ?? [],
    storage: config.storage,
    replicas: config.num_replicas,
    messages: state.messages,
    bytes: state.bytes,
    consumers: state.consumer_count,
    ...(cluster?.leader ? { leader: cluster.leader } : {}),
    problems: [...groupProblems(cluster, config.num_replicas), ...roomProblems(info), ...sourceProblems(info)],
  };
}

/**
 * What is wrong with the replicas of a stream or consumer; empty if there are as many as wanted and all are current.
 * @param group undefined where a single server stores it
 */
export function groupProblems(group: ReplicaGroup | undefined, wanted: number): string[] {
  if (group === undefined) return [];
  if (!group.leader) return ["no leader: a majority of its replicas is away"];
  const followers = group.replicas ?? [];
  const behind = followers
    .filter(({ current, offline }) => offline || !current)
    .map(({ name, offline, lag }) => {
      if (offline) return `replica on ${name} is offline`;
      return `replica on ${name} is not current${lag ? `, ${lag} operations behind` : ""}`;
    });
  const missing = wanted - 1 - followers.length;
  return missing > 0 ? [...behind, `${followers.length + 1} replicas, not ${wanted}`] : behind;
}

function roomProblems({ config, state }: StreamInfo): string[] {
  // A stream that discards old messages is full as a rule.
  if (config.discard !== "new") return [];
  const used = [
    ["messages", state.messages, config.max_msgs],
    ["bytes", state.bytes, config.max_bytes],
  ] as const;
  return used.flatMap(([what, count, most]) => {
    if (most <= 0 || count < most * nearlyFull) return [];
    const percent = Math.floor((count / most) * 100);
    const effect = percent >= 100 ? "new messages are refused" : "beyond them new messages are refused";
    return [`${percent} % of its ${what} (${most}): ${effect}`];
  });
}

function sourceProblems({ mirror, sources = [] }: StreamInfo): string[] {
  return [...(mirror ? [mirror] : []), ...sources].flatMap(({ name, error }) =>
    error ? [`does not follow ${name}: ${error.description}`] : [],
  );
}
