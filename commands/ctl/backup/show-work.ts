import type { NatsConnection } from "@nats-io/nats-core";
import { describeError } from "../../../services/text";
import { type Login, writers } from "../access/logins";
import { withAccess } from "../access/nats";
import type { CommandContext } from "../command";
import { orUnusable, UnusableError } from "../errors";
import { requireJetStream } from "../jetstream/show-streams";
import { print, progress } from "../output";
import { openStore } from "./open-store";
import { progressLines, reportLines, type WorkOptions, type WorkReport } from "./report";
import type { Store } from "./store";

/** Where a backup is, and whom it is about. */
export interface PlaceArgs {
  /** A folder, or `s3://bucket/prefix`. */
  readonly place: string;
  readonly endpoint?: string | undefined;
  /** @default all accounts of the stack */
  readonly account?: string | undefined;
}

/** One account's part of the work. */
export type Work = (
  connection: NatsConnection,
  options: Required<Pick<WorkOptions, "onProgress" | "signal">> & { readonly account: string },
) => Promise<WorkReport>;

/**
 * Works on the stack's accounts, one after the other, and prints what came of it.
 * @param plan what is to be done, by the user that does it
 */
export async function showWork(
  { place, endpoint, account }: PlaceArgs,
  { stack, json }: CommandContext,
  plan: (store: Store, logins: readonly Login[]) => Promise<ReadonlyMap<Login, Work>>,
): Promise<number> {
  const store = await orUnusable(openStore(place, endpoint), describeError);
  return withAccess(stack, async (access) => {
    requireJetStream(access);
    const logins = writers(access.facts.logins).filter((login) => account === undefined || login.account === account);
    if (logins.length === 0) {
      const names = writers(access.facts.logins).map((login) => login.account);
      throw new UnusableError(`account "${account}" is none to write to here: ${names.join(", ") || "there is none"}`);
    }
    const works = await plan(store, logins);
    const abort = new AbortController();
    const working = (async () => {
      const reports: WorkReport[] = [];
      for (const [login, work] of works) {
        const options = { account: login.account, signal: abort.signal, onProgress: progressLines(progress) };
        reports.push(await work(await access.connect(login), options));
      }
      return reports;
    })();
    access.beforeClose(async () => {
      abort.abort(new Error("interrupted; run it again: it goes on"));
      await working;
    });
    const reports = await working;
    const ok = reports.every((report) => report.ok);
    print(json, { ok, accounts: reports }, () => reports.flatMap(reportLines));
    return ok ? 0 : 1;
  });
}
