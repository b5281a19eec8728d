import type { KubeConfig } from "@kubernetes/client-node";
import { type Log, messageOf } from "../log";
import type { AccountRecord } from "./account-record";
import type { Accounts } from "./accounts";
import type { Tombstone } from "./desired";
import { removeFinalizer } from "./kubernetes/finalizer";
import { TombstoneStore, tooMany } from "./kubernetes/tombstones";
import type { Ledger } from "./ledger";
import type { Metrics } from "./metrics";
import { type ServerView, waitsFor } from "./status";

/** Milliseconds between two reads of the tombstones. */
const rereadMs = 30_000;

/** What removals are decided by. */
export interface RemovalContext {
  readonly accounts: Accounts;
  readonly ledger: Ledger;
  readonly log: Log;
  readonly metrics: Metrics;
  servers(): readonly ServerView[];
  /** Whether this replica may change anything. */
  acting(): boolean;
  /** Deletes what JetStream stores of an account. */
  purge(id: string): Promise<void>;
}

/** Sees deletions of accounts through to the end: off every server, a tombstone, the finalizer off. Also keeps the tombstones. */
export class Removals {
  private readonly store: TombstoneStore;
  private kept = new Map<string, Tombstone>();
  private readAt = 0;
  private busy = false;
  private readonly said = new Map<string, string>();
  private readonly finished = new Set<string>();

  constructor(
    private readonly config: KubeConfig,
    private readonly namespace: string,
    private readonly context: RemovalContext,
    private readonly onTombstones: () => void,
  ) {
    this.store = new TombstoneStore(config, namespace);
  }

  get tombstones(): ReadonlyMap<string, Tombstone> {
    return this.kept;
  }

  /** Reads the tombstones again before anything else: somebody else may have changed them while we did not lead. */
  distrust(): void {
    this.readAt = 0;
  }

  /** Does what can be done by now. Called often. */
  async tend(): Promise<void> {
    if (this.busy || !this.context.acting()) return;
    this.busy = true;
    await this.attempt("", "cannot read the tombstones", async () => {
      if (Date.now() >= this.readAt + rereadMs) await this.reread();
      const { revived } = this.context.accounts.desired;
      if (revived.length > 0) await this.drop(revived);
    });
    const { deleting, released } = this.context.accounts.desired;
    this.forget([...deleting, ...released]);
    // Without the tombstones that are there already none may be added, for the oldest may have to go.
    if (this.readAt > 0) {
      for (const record of released)
        await this.attempt(record.uid, "cannot let a Secret go", () => this.release(record));
      for (const record of deleting) await this.attempt(record.uid, "cannot end a deletion", () => this.finish(record));
    }
    this.busy = false;
  }

  /** One that fails must not keep the others. */
  private async attempt(about: string, failure: string, use: () => Promise<void>): Promise<void> {
    try {
      await use();
    } catch (error) {
      this.context.metrics.failures.inc({ operation: "kubernetes" });
      this.say(about, failure, { reason: messageOf(error) });
    }
  }

  private async reread(): Promise<void> {
    this.kept = await this.store.read();
    this.readAt = Date.now();
    this.onTombstones();
  }

  private async drop(ids: readonly string[]): Promise<void> {
    await this.store.change(new Map(), ids);
    for (const id of ids) this.kept.delete(id);
    this.context.log.info("account is back; its tombstone is gone", { accounts: ids });
    this.onTombstones();
  }

  private async finish(record: AccountRecord): Promise<void> {
    const { id = "", account, secret, uid, tenant } = record;
    const { accounts, ledger, log, metrics } = this.context;
    if (this.finished.has(uid)) return;
    const removal = accounts.desired.removals.get(id);
    if (!removal) {
      this.say(uid, "cannot delete the account", { account, reason: accounts.desired.problems.get(secret) });
      return;
    }
    const since = accounts.removedSince(id);
    const waiting = waitsFor(tenant, this.context.servers(), (server) => ledger.holding(server, id), since, Date.now());
    if (waiting.length > 0) {
      this.say(uid, "deletion waits", { account, reason: waiting.join("; ") });
      return;
    }
    // Nobody can write any more. What is left of an account that is gone keeps servers that start again from becoming ready.
    await this.context.purge(id);
    await this.bury(id, { account, deleteJwt: removal.deleteJwt, deletedAt: new Date().toISOString() });
    const seconds = accounts.arrived(id);
    await removeFinalizer(this.config, this.namespace, record);
    this.finished.add(uid);
    if (seconds !== undefined) metrics.convergence.observe(seconds);
    log.info("account deleted", { account, id, seconds });
  }

  private async release(record: AccountRecord): Promise<void> {
    if (this.finished.has(record.uid)) return;
    await removeFinalizer(this.config, this.namespace, record);
    this.finished.add(record.uid);
    this.context.log.warn("Secret deleted; its account is another Secret's and stays", { secret: record.secret });
  }

  private async bury(id: string, tombstone: Tombstone): Promise<void> {
    const dropped = tooMany(this.kept, 1);
    if (dropped.length > 0) this.context.log.warn("too many tombstones; the oldest go", { accounts: dropped });
    await this.store.change(new Map([[id, tombstone]]), dropped);
    for (const old of dropped) this.kept.delete(old);
    this.kept.set(id, tombstone);
    this.onTombstones();
  }

  /** Forgets Secrets that are gone. */
  private forget(deleting: readonly AccountRecord[]): void {
    const uids = new Set(deleting.map(({ uid }) => uid));
    for (const uid of this.said.keys()) if (uid !== "" && !uids.has(uid)) this.said.delete(uid);
    for (const uid of this.finished) if (!uids.has(uid)) this.finished.delete(uid);
  }

  /** Says what keeps us, once. */
  private say(about: string, message: string, fields: { readonly account?: string; readonly reason?: string }): void {
    if (this.said.get(about) === fields.reason) return;
    this.said.set(about, fields.reason ?? "");
    this.context.log.warn(message, fields);
  }
}
