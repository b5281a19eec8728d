import type { NatsConnection } from "@nats-io/nats-core";
import { askServers, type SystemAnswer } from "../../../services/verify/system";
import { groupProblems, type ReplicaGroup } from "./streams";

/** The part of a server's answer to JSZ that is looked at. */
export interface ServerStorage {
  readonly disabled?: boolean;
  readonly meta_cluster?: { readonly leader?: string; readonly replicas?: ReplicaGroup["replicas"] };
  readonly account_details?: readonly {
    readonly name: string;
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly cluster?: ReplicaGroup;
      readonly config?: { readonly num_replicas: number };
    }[];
  }[];
}

/** Where a stream is, whatever account it is of. */
export interface PlacedStream {
  readonly account: string;
  readonly name: string;
  readonly replicas: number;
  /** Server that leads it, or the only one that has it; absent without one. */
  readonly leader?: string;
  /** For people; empty if all replicas are current. */
  readonly problems: readonly string[];
}

/** JetStream over all servers at one moment. */
export interface Placement {
  /** Leader of the metadata group, which decides where streams are; absent without one. A single server needs none. */
  readonly metaLeader?: string;
  /** Whether servers form a cluster. */
  readonly clustered: boolean;
  /** For people, of the metadata group; empty if all its members are current. */
  readonly problems: readonly string[];
  readonly streams: readonly PlacedStream[];
}

/**
 * Asks all servers where streams of all accounts are.
 * @param system connection of the system account's user
 * @param servers number of servers that run
 */
export async function readPlacement(system: NatsConnection, servers: number): Promise<Placement> {
  const options = { accounts: true, streams: true, config: true, limit: 100_000 };
  return placement(await askServers<ServerStorage>(system, "$SYS.REQ.SERVER.PING.JSZ", servers, options));
}

/** The placement by what each server says. Of a stream its leader knows best: what the others say of it counts only where none leads. */
export function placement(answers: readonly SystemAnswer<ServerStorage>[]): Placement {
  const streams = new Map<string, PlacedStream & { readonly byLeader: boolean }>();
  for (const { server, data } of answers) {
    for (const { name: account, stream_detail = [] } of data.account_details ?? []) {
      for (const { name, cluster, config } of stream_detail) {
        const key = `${account} ${name}`;
        const byLeader = cluster === undefined || cluster.leader === server;
        if (streams.has(key) && !byLeader) continue;
        const replicas = config?.num_replicas ?? 1;
        const leader = cluster === undefined ? server : cluster.leader;
        const problems = judge(cluster, replicas, byLeader, leader);
        streams.set(key, { account, name, replicas, ...(leader ? { leader } : {}), problems, byLeader });
      }
    }
  }
  return {
    ...metaGroup(answers),
    streams: [...streams.values()]
      .map(({ byLeader: _, ...stream }) => stream)
      .sort((a, b) => a.account.localeCompare(b.account) || a.name.localeCompare(b.name)),
  };
}

function judge(cluster: ReplicaGroup | undefined, replicas: number, byLeader: boolean, leader?: string): string[] {
  if (byLeader || !leader) return groupProblems(cluster, replicas);
  return [`its leader ${leader} does not answer`];
}

function metaGroup(answers: readonly SystemAnswer<ServerStorage>[]): Omit<Placement, "streams"> {
  const groups = answers.flatMap(({ server, data }) => (data.meta_cluster ? [{ server, ...data.meta_cluster }] : []));
  if (groups.length === 0) return { clustered: false, problems: [] };
  const own = groups.find(({ server, leader }) => server === leader);
  if (own?.leader) {
    return { clustered: true, metaLeader: own.leader, problems: groupProblems(own, (own.replicas?.length ?? 0) + 1) };
  }
  const named = groups.map(({ leader }) => leader).find(Boolean);
  const problem = named ? `its leader ${named} does not answer` : "no leader: a majority of servers is away";
  return { clustered: true, problems: [problem] };
}
