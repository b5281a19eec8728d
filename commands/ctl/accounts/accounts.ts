import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { askServers, type SystemAnswer } from "../../../services/verify/system";

/** What an account stores, against its limits in bytes: -1 for none. */
export interface StorageUse {
  readonly memory: number;
  readonly maxMemory: number;
  readonly storage: number;
  readonly maxStorage: number;
}

/** An account at one moment, over all servers. */
export interface AccountReport {
  readonly name: string;
  /** Public key, or the name where accounts have none. */
  readonly id: string;
  readonly connections: number;
  readonly leafNodes: number;
  readonly subscriptions: number;
  /** Clients that were dropped since servers started because they did not keep up. */
  readonly slowConsumers: number;
  /** Absent where it has no JetStream. */
  readonly jetstream?: StorageUse;
  /** For people; empty if it is sound. */
  readonly problems: readonly string[];
}

/** The part of a server's answer to STATZ that is looked at. */
export interface AccountStatistics {
  readonly acc: string;
  readonly name?: string;
  readonly conns: number;
  readonly leafnodes: number;
  readonly num_subscriptions: number;
  readonly slow_consumers?: number;
}

/** The part of a server's answer to JSZ that is looked at. Limits are unsigned: none is the largest number there is. */
export interface AccountStorage {
  readonly id: string;
  readonly memory: number;
  readonly storage: number;
  readonly reserved_memory: number;
  readonly reserved_storage: number;
}

const globalAccount = "$G";

/** Fraction of its limit from which on an account counts as nearly full. */
const nearlyFull = 0.9;

/**
 * Describes all accounts that servers know.
 * @param system connection of the system account's user
 * @param servers number of servers that run
 * @param names of accounts by their ids, for those that servers know by their ids alone
 */
export async function readAllAccounts(
  system: NatsConnection,
  servers: number,
  names: Readonly<Record<string, string>>,
): Promise<AccountReport[]> {
  const [statistics, storage] = await Promise.all([
    askServers<{ account_statz: AccountStatistics[] }>(system, "$SYS.REQ.ACCOUNT.PING.STATZ", servers, {
      include_unused: true,
    }),
    askServers<{ account_details?: AccountStorage[] }>(system, "$SYS.REQ.SERVER.PING.JSZ", servers, {
      accounts: true,
      limit: 100_000,
    }),
  ]);
  return accountReports(
    statistics.flatMap(({ data }) => data.account_statz),
    storage.flatMap(({ data }) => data.account_details ?? []),
    names,
  );
}

/** The reports over what all servers say. */
export function accountReports(
  statistics: readonly AccountStatistics[],
  storage: readonly AccountStorage[],
  names: Readonly<Record<string, string>>,
): AccountReport[] {
  // Every server has the account of those who say of no account that they are its users; here nobody can be one.
  const used = statistics.filter(({ acc, conns }) => acc !== globalAccount || conns > 0);
  const ids = [...new Set(used.map(({ acc }) => acc))];
  return ids
    .map((id) => {
      const own = statistics.filter(({ acc }) => acc === id);
      const stored = storage.filter((one) => one.id === id);
      const use = stored.length > 0 ? storageUse(stored) : undefined;
      const said = own.map(({ name }) => name).find((name) => name && name !== id);
      return accountReport(names[id] ?? said ?? id, id, own, use);
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Describes the account of a user, by what servers tell any user of its own account.
 * @param servers number of servers that run
 * @param jetstream whether the servers have it
 */
export async function readOwnAccount(
  connection: NatsConnection,
  servers: number,
  { name, id, jetstream }: { readonly name: string; readonly id: string; readonly jetstream: boolean },
): Promise<AccountReport> {
  const answers: SystemAnswer<{ account_statz: AccountStatistics[] }>[] = await askServers(
    connection,
    "$SYS.REQ.ACCOUNT.PING.STATZ",
    servers,
    { include_unused: true },
  );
  const statistics = answers.flatMap(({ data }) => data.account_statz);
  if (!jetstream) return accountReport(name, id, statistics, undefined);
  const { memory, storage, limits } = await (await jetstreamManager(connection)).getAccountInfo();
  const use = { memory, storage, maxMemory: limits.max_memory, maxStorage: limits.max_storage };
  return accountReport(name, id, statistics, use);
}

function accountReport(
  name: string,
  id: string,
  statistics: readonly AccountStatistics[],
  jetstream: StorageUse | undefined,
): AccountReport {
  const sum = (count: (one: AccountStatistics) => number) => statistics.reduce((total, one) => total + count(one), 0);
  return {
    name,
    id,
    connections: sum(({ conns }) => conns),
    leafNodes: sum(({ leafnodes }) => leafnodes),
    // Every server counts those at others that it sends messages to, too.
    subscriptions: Math.max(0, ...statistics.map(({ num_subscriptions }) => num_subscriptions)),
    slowConsumers: sum(({ slow_consumers }) => slow_consumers ?? 0),
    ...(jetstream ? { jetstream } : {}),
    problems: jetstream ? storageProblems(jetstream) : [],
  };
}

/** Every server knows what the account stores on all of them; one that has just started may not know all of it yet. */
function storageUse(stored: readonly AccountStorage[]): StorageUse {
  const largest = (value: (one: AccountStorage) => number) => Math.max(...stored.map(value));
  const most = (value: number) => (value > Number.MAX_SAFE_INTEGER ? -1 : value);
  return {
    memory: largest(({ memory }) => memory),
    maxMemory: most(largest(({ reserved_memory }) => reserved_memory)),
    storage: largest(({ storage }) => storage),
    maxStorage: most(largest(({ reserved_storage }) => reserved_storage)),
  };
}

function storageProblems({ memory, maxMemory, storage, maxStorage }: StorageUse): string[] {
  const used = [
    ["memory", memory, maxMemory],
    ["disk", storage, maxStorage],
  ] as const;
  return used.flatMap(([what, count, most]) =>
    most > 0 && count >= most * nearlyFull
      ? [`${Math.floor((count / most) * 100)} % of what it may store on ${what}: beyond it messages are refused`]
      : [],
  );
}
