import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Logins } from "../../components/workstation/accounts";
import { writePrivateFile } from "../../local/state";
import { credsFolder } from "../creds-folder";
import type { Target } from "../target";

/** Folder of a workstation's creds files, apart from the platform's: their users may be called alike. */
function folderOf(target: Pick<Target, "context" | "stack">): string {
  return join(credsFolder(target), target.stack);
}

/** A user of the workstation, and what it logs in with. */
export interface UserLogin {
  readonly account: string;
  readonly user: string;
  /** The creds file; undefined where it has a password. */
  readonly credsFile?: string;
  /** One that everybody knows. */
  readonly password?: string;
}

/** Writes the creds files of all users who have creds (0600), in place of those that there were, and says who logs in with what. */
export function writeLogins(target: Pick<Target, "context" | "stack">, logins: Logins): UserLogin[] {
  removeLogins(target);
  return Object.entries(logins).flatMap(([account, users]) =>
    Object.entries(users).map(([user, login]): UserLogin => {
      if ("password" in login) return { account, user, password: login.password };
      const credsFile = join(folderOf(target), `${user}.creds`);
      writePrivateFile(credsFile, login.creds);
      return { account, user, credsFile };
    }),
  );
}

/** Removes the creds files, if there are any. */
export function removeLogins(target: Pick<Target, "context" | "stack">): void {
  rmSync(folderOf(target), { recursive: true, force: true });
}
