import type { Login } from "../access/logins";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { manifestFile, readManifest } from "./manifest";
import { planRestore } from "./plan";
import { carryOutPlan } from "./restore";
import { showWork } from "./show-work";
import type { Store } from "./store";
import type { Work } from "./work-accounts";

interface Args {
  readonly from: string;
  readonly endpoint?: string | undefined;
  readonly account?: string | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly replace: boolean;
  readonly replicas?: number | undefined;
}

/** Restores accounts of a stack from a backup, and prints what came of it. */
export async function showRestore(args: Args, context: CommandContext): Promise<number> {
  const { from: place, endpoint, account, ...how } = args;
  const { replicas } = how;
  if (replicas !== undefined && !(Number.isInteger(replicas) && replicas >= 1 && replicas <= 5)) {
    throw new UnusableError(`--replicas is "${replicas}"; it must be a whole number from 1 to 5`);
  }
  return showWork({ place, endpoint, account }, context, async (store, logins) => {
    const restoring =
      (from: Store): Work =>
      async (connection, options) => {
        const all = { ...options, ...how };
        const planned = await planRestore(connection, from, all);
        return () => carryOutPlan(connection, from, planned, all);
      };
    return { works: new Map([...(await sources(store, logins))].map(([login, from]) => [login, restoring(from)])) };
  });
}

/** The backup that each account gets: the one at the place, if it is of one account, for the only one or that of the same name; or the one in a folder of the account's name. */
export async function sources(store: Store, logins: readonly Login[]): Promise<Map<Login, Store>> {
  const names = logins.map(({ account }) => account).join(", ");
  const manifest = await readManifest(store);
  if (manifest) {
    const login = logins.length === 1 ? logins[0] : logins.find(({ account }) => account === manifest.account);
    if (login) return new Map([[login, store]]);
    throw new UnusableError(
      `${store.name} is the backup of account ${manifest.account}: say with --account which of ${names} gets it`,
    );
  }
  const found = new Map<Login, Store>();
  for (const login of logins) {
    const folder = store.within(login.account);
    if (await readManifest(folder)) found.set(login, folder);
  }
  if (found.size > 0) return found;
  throw new UnusableError(
    `${store.name} has no ${manifestFile}, nor has a folder of it named ${names}: it is no backup of these accounts`,
  );
}
