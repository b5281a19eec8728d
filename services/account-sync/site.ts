import { type Log, messageOf } from "../log";
import type { Desired } from "./desired";
import { attribute, isNewer, judge, remains } from "./holding";
import type { Ledger } from "./ledger";
import { type Action, act, type Outcome } from "./nats/act";
import { type LinkedCluster, look, speakerOf, type View } from "./nats/look";
import { type Channel, list } from "./nats/requests";
import { clusters, planAccount, planRemoval, type Seen } from "./plan";
import { Queue } from "./queue";
import type { ServerPod } from "./servers";
import { accountsToLookAt, type Stock, takeStock, unknownIn } from "./stock";
import type { Trust } from "./trust";

/** Milliseconds between two looks at everything. */
const sweepMs = 30_000;
/** Milliseconds until a look at everything that failed is tried again. */
const brokenSweepMs = 1_000;

/** A connection to one server; see nats/link.ts. */
export interface Link extends Channel {
  readonly server: Pick<ServerPod, "uid" | "name">;
  /** Undefined while the server does not answer. */
  readonly serverId: string | undefined;
  /** Ids of the servers that hear what is sent through it. */
  readonly heard: ReadonlySet<string>;
  /** Finds out anew who hears it. */
  refresh(): Promise<unknown>;
}

/** What a site is told, and whom it tells. */
export interface SiteContext {
  /** What is to be on this site's servers. Read anew before each action. */
  desired(): Pick<Desired, "accounts" | "removals">;
  /** Whether a Secret, sound or not, is about an account that belongs on this site. */
  isKnown(account: string): boolean;
  /** Whether this replica may change anything. */
  acting(): boolean;
  readonly trust: Trust;
  readonly ledger: Ledger;
  readonly log: Log;
  onAction(action: Action, outcome: Outcome): void;
  /** Called after each look. */
  onSeen(): void;
}

/**
 * Servers that are to hold the same accounts: those of the platform, or a tenant's instances.
 * Brings them there and keeps them there: at once what has changed, again what failed, and everything every 30 s.
 * One thing at a time, so that a newer JWT is never overtaken by an older one.
 */
export class Site {
  private readonly queue = new Queue();
  private sweepAt = 0;
  private stopped = false;
  private stockTaken = false;
  private sweptOnce = false;
  private wake = () => {};
  private readonly running: Promise<void>;

  /** @param links our connections to its servers, as they are at the time of each look */
  constructor(
    readonly name: string,
    private readonly links: () => readonly Link[],
    private readonly context: SiteContext,
  ) {
    this.running = this.run();
  }

  /** Whether all that answers has been looked at once. */
  get isSwept(): boolean {
    return this.sweptOnce || this.linkedClusters().length === 0;
  }

  /** Looks at an account before anything else; see {@link Queue.add}. */
  touch(account: string, isNew: boolean): void {
    this.queue.add(account, isNew);
    this.wake();
  }

  /** Looks at everything as soon as nothing is more urgent. */
  sweepNow(): void {
    this.queue.addRest([]);
    this.sweepAt = 0;
    this.wake();
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const accounts = this.queue.take(Date.now());
      if (accounts.length > 0) await this.settle(accounts);
      else if (Date.now() >= this.sweepAt) await this.beginSweep();
      else {
        this.sweptOnce ||= this.stockTaken;
        await this.idle();
      }
    }
  }

  private idle(): Promise<void> {
    const next = Math.min(this.sweepAt, this.queue.next() ?? Number.POSITIVE_INFINITY);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(next - Date.now(), 0));
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private linkedClusters(): LinkedCluster<Link>[] {
    const alive = new Map(this.links().flatMap((link) => (link.serverId ? [[link.serverId, link] as const] : [])));
    const heard = new Map([...alive].map(([id, link]) => [id, link.heard]));
    return clusters(heard).map((cluster) => ({
      ...cluster,
      channels: new Map([...alive].filter(([id]) => cluster.members.includes(id))),
    }));
  }

  /** Lists what servers have, and puts everything in line that is to be looked at. */
  private async beginSweep(): Promise<void> {
    this.sweepAt = Date.now() + sweepMs;
    const stocks = (await Promise.all(this.linkedClusters().map((cluster) => this.stockOf(cluster)))).flat();
    this.queue.addRest(accountsToLookAt(this.context.desired(), stocks));
  }

  /** What the cluster's servers have; nothing if they do not say, and then they are asked again soon. */
  private async stockOf(cluster: LinkedCluster<Link>): Promise<Stock[]> {
    try {
      const stocks = await takeStock(cluster);
      if (!(await isStill(cluster))) throw new Error("the cluster is changing");
      for (const [id, stock] of stocks) this.compare(cluster.channels.get(id), stock);
      this.stockTaken = true;
      return [...stocks.values()];
    } catch (error) {
      this.context.log.warn("cannot list accounts", { site: this.name, reason: messageOf(error) });
      this.sweepAt = Math.min(this.sweepAt, Date.now() + brokenSweepMs);
      return [];
    }
  }

  /** Reports accounts that do not belong on a server, and forgets what is known of those that do no longer. */
  private compare(link: Link | undefined, stock: Stock): void {
    if (!link) return;
    const { ledger, log, desired, isKnown } = this.context;
    const { accounts, removals } = desired();
    const { uid, name } = link.server;
    const belongs = (id: string) => accounts.has(id) || removals.has(id) || isKnown(id);
    ledger.keep(uid, belongs);
    const unknown = unknownIn(stock, belongs);
    const isNews = unknown.join() !== ledger.unknownOf(uid).join();
    ledger.recordUnknown(uid, unknown);
    if (isNews && unknown.length > 0) {
      log.warn("server holds accounts that do not belong there; they are left alone", {
        server: name,
        accounts: unknown,
      });
    }
  }

  private async settle(ids: readonly string[]): Promise<void> {
    const unsettled = new Set<string>();
    const each = this.linkedClusters().map(async (cluster) => {
      for (const id of await this.settleIn(cluster, ids)) unsettled.add(id);
    });
    await Promise.all(each);
    for (const id of ids) this.queue.settled(id, !unsettled.has(id), Date.now());
    this.context.onSeen();
  }

  /** Looks at accounts on one cluster, does what is to be done, looks again. @returns those that are not as they should be */
  private async settleIn(cluster: LinkedCluster<Link>, ids: readonly string[]): Promise<readonly string[]> {
    const { context } = this;
    const refusals = new Map<string, ReadonlyMap<string, string>>();
    try {
      const { seen, silent } = await look(cluster, ids, context.desired().accounts, context.trust);
      const unanswered = new Set(silent);
      for (const tried of [false, true]) {
        const actions = context.acting() ? this.plan(seen, tried, refusals) : [];
        if (actions.length === 0) break;
        await act(cluster, actions, (action, outcome) => {
          if (outcome.refusals.size > 0) refusals.set(idOf(action), outcome.refusals);
          context.onAction(action, outcome);
        });
        const after = await look(cluster, actions.map(idOf), context.desired().accounts, context.trust);
        for (const [id, account] of after.seen) seen.set(id, account);
        for (const server of after.silent) unanswered.add(server);
      }
      return (await this.record(cluster, { seen, silent: unanswered }, refusals)) ?? ids;
    } catch (error) {
      const servers = [...cluster.channels.values()].map(({ server }) => server.name);
      context.log.warn("cannot look at accounts", { site: this.name, servers, reason: messageOf(error) });
      await Promise.all([...cluster.channels.values()].map((link) => link.refresh()));
      return ids;
    }
  }

  private plan(seen: ReadonlyMap<string, Seen>, tried: boolean, refusals: ReadonlyMap<string, unknown>): Action[] {
    const { accounts, removals } = this.context.desired();
    return [...seen].flatMap(([id, account]): Action[] => {
      const desired = accounts.get(id);
      const removal = removals.get(id);
      if (refusals.has(id)) return [];
      if (desired) {
        const kind = planAccount(desired, account, tried);
        return kind === "none" ? [] : [{ kind, account: desired }];
      }
      const kind = removal ? planRemoval(removal, account, tried) : "none";
      return removal && kind !== "none" ? [{ kind, removal }] : [];
    });
  }

  /** @returns ids of the accounts that are not as they should be; undefined if the cluster has changed meanwhile, so that nobody can tell */
  private async record(
    cluster: LinkedCluster<Link>,
    { seen, silent }: View,
    refusals: ReadonlyMap<string, ReadonlyMap<string, string>>,
  ): Promise<string[] | undefined> {
    const { ledger, desired } = this.context;
    const mixed = [...seen.values()].some(({ copies }) => differ(copies));
    const listed = mixed ? await list(speakerOf(cluster), cluster.members.length) : undefined;
    if (!(await isStill(cluster))) return undefined;
    const { accounts, removals } = desired();
    const unsettled: string[] = [];
    for (const [id, { copies, memories }] of seen) {
      const lists = listed && new Map([...listed].map(([server, ids]) => [server, ids.has(id)]));
      const copyOf = attribute(cluster.members, copies, lists);
      let settled = true;
      for (const [server, link] of cluster.channels) {
        if (silent.has(server)) {
          settled = false;
          continue;
        }
        const copy = copyOf.get(server) ?? { kind: "none" };
        const memory = memories.get(server);
        const failure = refusals.get(id)?.get(server);
        const holding = { copy, memory, failure, seenAt: Date.now() };
        ledger.record(link.server.uid, id, holding);
        const wanted = accounts.get(id);
        if (wanted) settled &&= judge(wanted, holding).state === "current" || isNewer(copy, wanted);
        else if (removals.has(id)) settled &&= remains(holding) === undefined;
      }
      if (!settled) unsettled.push(id);
    }
    return unsettled;
  }
}

function idOf(action: Action): string {
  return "account" in action ? action.account.id : action.removal.id;
}

function differ(copies: Seen["copies"]): boolean {
  return new Set(copies.map((copy) => (copy.kind === "jwt" ? copy.digest : copy.kind))).size > 1;
}

/** Whether exactly the same servers hear us as when the cluster was put together: only then is it certain whose the answers were. */
async function isStill(cluster: LinkedCluster<Link>): Promise<boolean> {
  const speaker = speakerOf(cluster);
  await speaker.refresh();
  const { members } = cluster;
  return members.length === speaker.heard.size && members.every((member) => speaker.heard.has(member));
}
