import type { Desired } from "./desired";
import { type LinkedCluster, speakerOf } from "./nats/look";
import { type Channel, list, loadedAccounts } from "./nats/requests";

/** What one server has, by ids of accounts. */
export interface Stock {
  readonly stored: ReadonlySet<string>;
  /** In memory: somebody has used them. */
  readonly loaded: ReadonlySet<string>;
  /** Its system account. */
  readonly system?: string;
}

/**
 * Lists what each server of a cluster has.
 * @returns by server id, for the servers we are connected to
 * @throws Error if one of them does not answer
 */
export async function takeStock(cluster: LinkedCluster<Channel>): Promise<Map<string, Stock>> {
  const listed = await list(speakerOf(cluster), cluster.members.length);
  const stocks = [...cluster.channels].map(async ([server, channel]): Promise<[string, Stock]> => {
    const { accounts, system } = await loadedAccounts(channel, server);
    const stored = listed.get(server);
    if (!stored) throw new Error(`server ${server} lists nothing`);
    return [server, { stored, loaded: accounts, ...(system ? { system } : {}) }];
  });
  return new Map(await Promise.all(stocks));
}

/** Accounts a server stores that do not belong there. The system account belongs everywhere. */
export function unknownIn(stock: Stock, belongs: (account: string) => boolean): string[] {
  return [...stock.stored].filter((account) => account !== stock.system && !belongs(account)).sort();
}

/**
 * Accounts that are to be looked at when everything is: all that are to be there, those whose deletion a Secret waits for, and of the
 * tombstones those that have turned up.
 */
export function accountsToLookAt(
  { accounts, removals }: Pick<Desired, "accounts" | "removals">,
  stocks: Iterable<Stock>,
): string[] {
  const present = new Set([...stocks].flatMap(({ stored, loaded }) => [...stored, ...loaded]));
  const gone = [...removals.values()].filter(({ id, buried }) => !buried || present.has(id));
  return [...gone.map(({ id }) => id), ...accounts.keys()];
}
