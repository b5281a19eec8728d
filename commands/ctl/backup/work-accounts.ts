import type { NatsConnection } from "@nats-io/nats-core";
import type { Login } from "../access/logins";
import { BrokenOffError, type WorkOptions, type WorkReport } from "./report";

/** What an account's part of the work is told. */
type PartOptions = Required<Pick<WorkOptions, "onProgress" | "signal">> & { readonly account: string };

/** One account's part of the work: checks all that can be checked without a change. What it returns does it; undefined if there is nothing to do. */
export type Work = (
  connection: NatsConnection,
  options: PartOptions,
) => Promise<(() => Promise<WorkReport>) | undefined>;

/** The parts of all accounts. */
export interface AccountsWork {
  /** Each by the user that does it. */
  readonly works: ReadonlyMap<Login, Work>;
  /** Refuses what only all checks together can tell, by an error. @default nothing */
  readonly afterChecks?: () => void;
}

/** What came of all accounts; {@link failure} is what ended the work early. */
export interface AccountsReport {
  readonly ok: boolean;
  readonly accounts: readonly WorkReport[];
  readonly failure?: unknown;
}

/**
 * Checks the parts of all accounts, and only then does them, one after the other.
 * @throws what a check refuses; nothing is changed then
 */
export async function workOnAccounts(
  { works, afterChecks }: AccountsWork,
  connect: (login: Login) => Promise<NatsConnection>,
  options: Omit<PartOptions, "account">,
): Promise<AccountsReport> {
  const checked: (() => Promise<WorkReport>)[] = [];
  for (const [login, work] of works) {
    options.signal.throwIfAborted();
    const part = await work(await connect(login), { ...options, account: login.account });
    if (part) checked.push(part);
  }
  afterChecks?.();
  const accounts: WorkReport[] = [];
  try {
    for (const work of checked) {
      options.signal.throwIfAborted();
      accounts.push(await work());
    }
  } catch (failure) {
    if (failure instanceof BrokenOffError) accounts.push(failure.report);
    return { ok: false, accounts, failure };
  }
  return { ok: accounts.every(({ ok }) => ok), accounts };
}
