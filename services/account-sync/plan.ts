import type { DesiredAccount, Removal } from "./desired";
import { type Copy, isNewer, isStale, isWanted, type Memory } from "./holding";

/** What a cluster of servers answered about one account. */
export interface Seen {
  /** Stored copies, in any order. */
  readonly copies: readonly Copy[];
  /** Servers that have it in memory, by server id. */
  readonly memories: ReadonlyMap<string, Memory>;
}

/**
 * What is to be done about an account that servers are to hold.
 *
 * - `push`: give it to the cluster.
 * - `rewrite`: give it another text of the same JWT first. A server takes the same text for no change, although its file is gone, or although
 *   it has the account in memory as deleted.
 * - `none`: all is well; or a server holds a newer JWT of the operator, which is never overwritten: an older one may let revoked users in again.
 * @param tried whether it was pushed just before
 */
export function planAccount(desired: DesiredAccount, seen: Seen, tried: boolean): "none" | "push" | "rewrite" {
  const { copies, memories } = seen;
  if (copies.some((copy) => isNewer(copy, desired))) return "none";
  const stored = copies.every((copy) => isWanted(copy, desired));
  const stale = [...memories.values()].some((memory) => isStale(memory, desired));
  if (stored && !stale) return "none";
  return tried || stored ? "rewrite" : "push";
}

/**
 * What is to be done about an account that no server may hold.
 *
 * - `delete`: order the cluster to delete it.
 * - `revive`: a server has lost the file but still lets users in, and deletes only what it finds: give it the account, then delete it.
 * - `kick`: close the connections that are left, those that logged in while the account was deleted.
 * @param tried whether it was ordered just before
 */
export function planRemoval(removal: Removal, seen: Seen, tried: boolean): "none" | "delete" | "revive" | "kick" {
  const memories = [...seen.memories.values()];
  const alive = memories.some((memory) => !memory.expired);
  if (!seen.copies.every((copy) => isWanted(copy, removal))) return "delete";
  if (alive) return tried ? "revive" : "delete";
  return memories.some(({ connections }) => connections > 0) ? "kick" : "none";
}

/** Servers that hear each other's requests, and the one among them that is spoken to. */
export interface Cluster {
  /** Id of the server that requests are sent to. */
  readonly speaker: string;
  /** Ids of all servers that hear them. */
  readonly members: readonly string[];
}

/**
 * Divides servers into clusters by who hears whose requests. Two that do not hear each other (a broken route, an instance of its own)
 * are never taken for one.
 * @param heard per server we are connected to: ids of the servers that answered a request sent to it, itself included
 */
export function clusters(heard: ReadonlyMap<string, ReadonlySet<string>>): Cluster[] {
  const found: Cluster[] = [];
  const placed = new Set<string>();
  for (const [speaker, members] of heard) {
    if (placed.has(speaker)) continue;
    found.push({ speaker, members: [...members] });
    placed.add(speaker);
    for (const other of members) if (heard.get(other)?.has(speaker)) placed.add(other);
  }
  return found;
}
