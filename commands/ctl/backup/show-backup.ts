import type { CommandContext } from "../command";
import { backup } from "./backup";
import { showWork } from "./show-work";
import type { Work } from "./work-accounts";

interface Args {
  readonly to: string;
  readonly endpoint?: string | undefined;
  readonly account?: string | undefined;
  readonly streams?: readonly string[] | undefined;
}

/** Saves the accounts of a stack, each in a folder of its name, and prints what came of it. */
export async function showBackup({ to: place, streams, ...rest }: Args, context: CommandContext): Promise<number> {
  return showWork({ place, ...rest }, context, async (store, logins) => {
    const saving =
      (folder: string): Work =>
      async (connection, options) =>
      () =>
        backup(connection, store.within(folder), { ...options, streams });
    return new Map(logins.map((login) => [login, saving(login.account)]));
  });
}
