import type { DesiredAccount } from "../desired";
import { each } from "../each";
import { type Memory, readCopy } from "../holding";
import type { Cluster, Seen } from "../plan";
import type { Trust } from "../trust";
import { type Channel, loadedAccounts, lookup, memoryOf } from "./requests";

/** A cluster with our connections to its servers. */
export interface LinkedCluster<C extends Channel = Channel> extends Cluster {
  /** By server id; a member without one is a server that is not ours to keep. */
  readonly channels: ReadonlyMap<string, C>;
}

/** Requests under way at a time, per connection. */
export const requestsAtOnce = 64;

/** The connection a cluster is spoken to through. */
export function speakerOf<C extends Channel>({ channels, speaker }: LinkedCluster<C>): C {
  const channel = channels.get(speaker);
  if (!channel) throw new Error(`there is no connection to server ${speaker}`);
  return channel;
}

/** What was seen of a cluster. */
export interface View {
  /** By account id. */
  readonly seen: Map<string, Seen>;
  /** Ids of the servers that did not say what they have in memory. */
  readonly silent: ReadonlySet<string>;
}

/**
 * What a cluster's servers have of accounts, stored and in memory.
 * @throws Error if the connection to its speaker breaks
 */
export async function look(
  cluster: LinkedCluster,
  ids: readonly string[],
  accounts: ReadonlyMap<string, DesiredAccount>,
  trust: Trust,
): Promise<View> {
  const seen = new Map(ids.map((id) => [id, { copies: [] as Seen["copies"], memories: new Map<string, Memory>() }]));
  const silent = new Set<string>();
  const speaker = speakerOf(cluster);
  const stored = each(seen, requestsAtOnce, async ([id, account]) => {
    const texts = await lookup(speaker, id, cluster.members.length);
    account.copies = texts.map((text) => readCopy(text, accounts.get(id), trust));
  });
  // One server that hangs must not keep the others from being told.
  const remembered = [...cluster.channels].map(([server, channel]) =>
    recall(channel, server, ids, (id, memory) => seen.get(id)?.memories.set(server, memory)).catch(() => {
      silent.add(server);
    }),
  );
  await Promise.all([stored, ...remembered]);
  return { seen, silent };
}

async function recall(
  channel: Channel,
  server: string,
  ids: readonly string[],
  found: (id: string, memory: Memory) => void,
): Promise<void> {
  const { accounts } = await loadedAccounts(channel, server);
  const used = ids.filter((id) => accounts.has(id));
  await each(used, requestsAtOnce, async (id) => {
    const memory = await memoryOf(channel, server, id);
    if (!memory) return;
    const { jwt: _, ...rest } = memory;
    found(id, rest);
  });
}
