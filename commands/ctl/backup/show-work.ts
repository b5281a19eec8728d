import { describeError } from "../../../services/text";
import { administrators, type Login, oneOfEach } from "../access/logins";
import { withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { orUnusable, UnusableError } from "../errors";
import { requireJetStream } from "../jetstream/show-streams";
import { print, progress } from "../output";
import { openStore } from "./open-store";
import { progressLines, reportLines } from "./report";
import type { Store } from "./store";
import { type AccountsWork, workOnAccounts } from "./work-accounts";

/** Where a backup is, and whom it is about. */
export interface PlaceArgs {
  /** A folder, or `s3://bucket/prefix`. */
  readonly place: string;
  readonly endpoint?: string | undefined;
  /** @default all accounts of the stack */
  readonly account?: string | undefined;
}

/**
 * Works on the stack's accounts, one after the other, and prints what came of it: also of those before something ended it.
 * @param plan what is to be done, by the user that does it
 */
export async function showWork(
  { place, endpoint, account }: PlaceArgs,
  { stack, json }: CommandContext,
  plan: (store: Store, logins: readonly Login[]) => Promise<AccountsWork>,
): Promise<number> {
  const store = await orUnusable(openStore(place, endpoint), describeError);
  return withAccess(stack, async (access) => {
    requireJetStream(access);
    const logins = loginsFor(access.facts.logins, account);
    const work = await plan(store, logins);
    const abort = new AbortController();
    const working = workOnAccounts(work, (login) => access.connect(login), {
      signal: abort.signal,
      onProgress: progressLines(progress),
    });
    access.beforeClose(async () => {
      abort.abort(new Error("interrupted; run it again: it goes on"));
      await working;
    });
    const { failure, ...report } = await working;
    if (failure === undefined) print(json, report, () => report.accounts.flatMap(reportLines));
    else if (json) print(json, { ...report, error: describeError(failure) }, () => []);
    else {
      if (report.accounts.length > 0) print(json, report, () => report.accounts.flatMap(reportLines));
      throw failure;
    }
    return report.ok ? 0 : 1;
  });
}

/**
 * The users that may save and restore, one of each account that is asked for.
 * @throws UnusableError if one of the accounts has none
 */
export function loginsFor(all: readonly Login[], account: string | undefined): Login[] {
  const known = oneOfEach(all);
  const asked = known.filter((login) => account === undefined || login.account === account);
  if (asked.length === 0) {
    const names = known.map((login) => login.account).join(", ");
    throw new UnusableError(`account "${account ?? ""}" is none of this stack: ${names || "there is none"}`);
  }
  const admins = administrators(all);
  const without = asked.filter((login) => !admins.some((admin) => admin.account === login.account));
  if (without.length > 0) {
    const names = without.map((login) => login.account).join(", ");
    throw new UnusableError(
      `account ${names} has no user of role admin, which saving and restoring streams takes: give the tenant one, or one that is not revoked`,
    );
  }
  return admins.filter((admin) => asked.some((login) => login.account === admin.account));
}
