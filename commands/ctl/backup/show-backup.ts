import type { NatsConnection } from "@nats-io/nats-core";
import type { Login } from "../access/logins";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { streamNames } from "./api";
import { backup } from "./backup";
import { showWork } from "./show-work";
import type { Store } from "./store";
import type { AccountsWork, Work } from "./work-accounts";

interface Args {
  readonly to: string;
  readonly endpoint?: string | undefined;
  readonly account?: string | undefined;
  readonly streams?: readonly string[] | undefined;
}

/** Saves the accounts of a stack, each in a folder of its name, and prints what came of it. */
export async function showBackup({ to: place, streams, ...rest }: Args, context: CommandContext): Promise<number> {
  return showWork({ place, ...rest }, context, async (store, logins) => planBackup(store, logins, streams));
}

/**
 * What each account's part of a backup is.
 * @param streams names of those to save, each in at least one of the accounts. @default all
 */
export function planBackup(
  store: Store,
  logins: readonly Login[],
  streams: readonly string[] | undefined,
): AccountsWork {
  const missing = new Set(streams);
  const saving =
    (folder: string): Work =>
    async (connection, options) => {
      const mine = streams && (await namesAmong(connection, streams, options.signal));
      for (const name of mine ?? []) missing.delete(name);
      if (mine?.length === 0) return undefined;
      return () => backup(connection, store.within(folder), { ...options, streams: mine });
    };
  const works = new Map(logins.map((login) => [login, saving(login.account)]));
  return { works, afterChecks: () => refuseMissing([...missing], logins) };
}

/** Those of the names that the account has a stream of. */
async function namesAmong(
  connection: NatsConnection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const known = await streamNames(connection, signal);
  return names.filter((name) => known.includes(name));
}

function refuseMissing(names: readonly string[], logins: readonly Login[]): void {
  if (names.length === 0) return;
  const accounts = logins.map(({ account }) => account).join(", ");
  throw new UnusableError(
    `there is no stream ${names.join(", ")} in ${accounts}; ctl streams lists them, a bucket's is KV_<bucket>`,
  );
}
