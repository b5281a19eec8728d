import type { V1Secret } from "@kubernetes/client-node";
import type { Log } from "../log";
import { type AccountRecord, readAccountRecord } from "./account-record";
import { changedIds, type Desired, type DesiredAccount, desiredState, nothingDesired, type Tombstone } from "./desired";
import type { Trust } from "./trust";

/** The accounts as Secrets and tombstones have them, and what became of them so far. */
export class Accounts {
  private readonly read = new Map<string, { readonly version: string; readonly record: AccountRecord }>();
  private current = nothingDesired;
  private perTenant: ReadonlyMap<string, ReadonlyMap<string, DesiredAccount>> = new Map();
  private begun = false;
  private known: readonly AccountRecord[] = [];
  /** When an account last changed, in unix milliseconds, for those that have not arrived. */
  private readonly pending = new Map<string, number>();
  private readonly removedAt = new Map<string, number>();

  constructor(
    private readonly trust: Trust,
    private readonly log: Log,
  ) {}

  get desired(): Desired {
    return this.current;
  }

  /** Of all Secrets, sound or not. */
  get records(): readonly AccountRecord[] {
    return this.known;
  }

  /** Ids of accounts that have changed before our eyes and have not been reported to have arrived. */
  get changed(): readonly string[] {
    return [...this.pending.keys()];
  }

  /** Accounts a tenant's instances are to hold. */
  ofTenant(tenant: string): ReadonlyMap<string, DesiredAccount> {
    return this.perTenant.get(tenant) ?? new Map();
  }

  /** When it was noticed that an account is to go, in unix milliseconds. */
  removedSince(id: string): number {
    return this.removedAt.get(id) ?? Number.POSITIVE_INFINITY;
  }

  /** Adds up anew. @returns ids of the accounts that have changed */
  update(secrets: readonly V1Secret[], tombstones: ReadonlyMap<string, Tombstone>): string[] {
    const now = Date.now();
    this.known = secrets.map((secret) => this.recordOf(secret));
    const uids = new Set(this.known.map(({ uid }) => uid));
    for (const uid of this.read.keys()) if (!uids.has(uid)) this.read.delete(uid);
    const before = this.current;
    this.current = desiredState(this.known, tombstones, now);
    this.perTenant = groupByTenant(this.current.accounts);
    const { removals } = this.current;
    for (const id of this.removedAt.keys()) if (!removals.has(id)) this.removedAt.delete(id);
    for (const id of removals.keys()) if (!this.removedAt.has(id)) this.removedAt.set(id, now);
    this.reportProblems(before);
    const changed = changedIds(before, this.current);
    // What was there when we came has not changed.
    if (this.begun) for (const id of changed) this.pending.set(id, now);
    for (const id of this.pending.keys()) if (!this.isAwaited(id)) this.pending.delete(id);
    this.begun = true;
    return changed;
  }

  /** The account is where it belongs, or gone. @returns seconds since it changed; undefined if it has not */
  arrived(id: string): number | undefined {
    const since = this.pending.get(id);
    this.pending.delete(id);
    return since === undefined ? undefined : (Date.now() - since) / 1000;
  }

  /** Whether something is still to come of the account: it is to be there, or its Secret waits for its deletion. */
  private isAwaited(id: string): boolean {
    const { accounts, removals } = this.current;
    return accounts.has(id) || removals.get(id)?.buried === false;
  }

  private recordOf(secret: V1Secret): AccountRecord {
    const { uid = "", resourceVersion = "" } = secret.metadata ?? {};
    const before = this.read.get(uid);
    if (before && before.version === resourceVersion) return before.record;
    const record = readAccountRecord(secret, this.trust);
    this.read.set(uid, { version: resourceVersion, record });
    return record;
  }

  private reportProblems(before: Desired): void {
    for (const [secret, problem] of this.current.problems) {
      if (before.problems.get(secret) === problem) continue;
      this.log.error("the account's Secret is unsound; servers keep what they hold", { secret, problem });
    }
    for (const secret of before.problems.keys()) {
      if (!this.current.problems.has(secret)) this.log.info("the account's Secret is sound again, or gone", { secret });
    }
  }
}

function groupByTenant(accounts: Desired["accounts"]): Map<string, Map<string, DesiredAccount>> {
  const groups = new Map<string, Map<string, DesiredAccount>>();
  for (const [id, account] of accounts) {
    if (account.tenant === undefined) continue;
    const group = groups.get(account.tenant) ?? new Map<string, DesiredAccount>();
    groups.set(account.tenant, group.set(id, account));
  }
  return groups;
}
