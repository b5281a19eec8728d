import { CoreV1Api, type KubeConfig, type V1Pod, type V1Secret } from "@kubernetes/client-node";
import { leaseName } from "../../components/account-sync/names";
import { accountLabel, instanceAppLabel, labelSelector, serverLabels, tenantIdLabel } from "../../components/labels";
import type { Told } from "../http";
import { ObjectWatch } from "../kubernetes/watch";
import type { Log } from "../log";
import type { AccountRecord } from "./account-record";
import { Accounts } from "./accounts";
import type { Config } from "./config";
import { Fleet } from "./fleet";
import type { AccountsTold } from "./http";
import { Election } from "./kubernetes/election";
import { Ledger } from "./ledger";
import { Metrics } from "./metrics";
import type { Action, Outcome } from "./nats/act";
import { Removals } from "./removals";
import { readServers } from "./servers";
import type { SiteContext } from "./site";
import { type AccountStatus, accountStatus, count, type ServerView } from "./status";

/** Milliseconds between two rounds of what is done by the clock. */
const tickMs = 500;

/**
 * account-sync: brings the accounts of a namespace's Secrets to every NATS server, and keeps them there.
 * Every replica looks; the elected one acts.
 */
export class Service implements Told, AccountsTold {
  private readonly ledger = new Ledger();
  private readonly metrics = new Metrics();
  private readonly accounts: Accounts;
  private readonly fleet: Fleet;
  private readonly removals: Removals;
  private readonly secrets: ObjectWatch<V1Secret>;
  private readonly platformPods: ObjectWatch<V1Pod>;
  private readonly instancePods: ObjectWatch<V1Pod>;
  private readonly election: Election;
  private readonly ticking: NodeJS.Timeout;
  private stopping = false;
  private wasReady = false;
  private updating = false;

  constructor(
    kubernetes: KubeConfig,
    private readonly config: Config,
    private readonly log: Log,
  ) {
    const { platformNamespace, accountsNamespace, tenantsNamespace, podName, trust, link } = config;
    this.accounts = new Accounts(trust, log);
    this.fleet = new Fleet(link, this.ledger, log, (tenant) => this.contextOf(tenant));
    this.removals = new Removals(
      kubernetes,
      accountsNamespace,
      {
        accounts: this.accounts,
        ledger: this.ledger,
        log,
        metrics: this.metrics,
        servers: () => this.fleet.views(),
        acting: () => this.isActing,
        purge: async (id) => (config.jetstream ? this.fleet.purge(id) : undefined),
      },
      () => this.update(),
    );
    const core = kubernetes.makeApiClient(CoreV1Api);
    const watch = <T extends V1Pod | V1Secret>(
      what: "pods" | "secrets",
      namespace: string,
      labelSelector: string,
      list: () => Promise<{ items: T[] }>,
    ) =>
      new ObjectWatch<T>(
        kubernetes,
        { what: `${what} in ${namespace}`, path: `/api/v1/namespaces/${namespace}/${what}`, labelSelector, list },
        log,
        () => this.update(),
      );
    const pods = (namespace: string, labelSelector: string) =>
      watch<V1Pod>("pods", namespace, labelSelector, () => core.listNamespacedPod({ namespace, labelSelector }));
    this.secrets = watch<V1Secret>("secrets", accountsNamespace, accountLabel, () =>
      core.listNamespacedSecret({ namespace: accountsNamespace, labelSelector: accountLabel }),
    );
    this.platformPods = pods(platformNamespace, labelSelector(serverLabels));
    this.instancePods = pods(tenantsNamespace, `${labelSelector(instanceAppLabel)},${tenantIdLabel}`);
    const stand = { namespace: platformNamespace, lease: leaseName, identity: podName };
    this.election = new Election(kubernetes, stand, log, (leading) => this.lead(leading));
    this.ticking = setInterval(() => this.tick(), tickMs);
  }

  notReady(): string | undefined {
    this.wasReady ||= this.isSynced && this.fleet.isSwept;
    return this.wasReady && !this.stopping ? undefined : "Secrets or servers are not known yet";
  }

  account(name: string): AccountStatus | undefined {
    // Of several Secrets of one name the sound one is meant.
    const records = this.accounts.records.filter(({ account }) => account === name);
    const record = records.find(({ secret }) => !this.accounts.desired.problems.has(secret)) ?? records[0];
    return record && this.statusOf(record, this.fleet.views());
  }

  accountStatuses(): readonly AccountStatus[] {
    const servers = this.fleet.views();
    return this.accounts.records.map((record) => this.statusOf(record, servers));
  }

  metricsText(): Promise<{ contentType: string; text: string }> {
    const servers = this.fleet.views();
    const unreachable = servers.filter(({ down }) => down).length;
    const statuses = this.accountStatuses();
    if (this.wasReady && statuses.every(({ active }) => active)) this.metrics.lastSuccess.setToCurrentTime();
    return this.metrics.text({
      ...count(statuses),
      leading: this.isActing,
      servers: { reachable: servers.length - unreachable, unreachable },
      tombstones: this.removals.tombstones.size,
      unknown: servers.reduce((sum, { uid }) => sum + this.ledger.unknownOf(uid).length, 0),
    });
  }

  /** Ends what is under way, lets go of the Lease, leaves the servers. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.ticking);
    await this.fleet.rest();
    await this.election.stop();
    await Promise.all([this.secrets.stop(), this.platformPods.stop(), this.instancePods.stop()]);
    await this.fleet.disconnect();
  }

  private get isSynced(): boolean {
    return this.secrets.isSynced && this.platformPods.isSynced && this.instancePods.isSynced;
  }

  private get isActing(): boolean {
    return this.isSynced && !this.stopping && this.election.isLeading;
  }

  /** Takes over what Kubernetes says now; once for many changes at a time. */
  private update(): void {
    if (this.updating) return;
    this.updating = true;
    setImmediate(() => {
      this.updating = false;
      if (!this.isSynced || this.stopping) return;
      const before = this.accounts.desired.accounts;
      const changed = this.accounts.update(this.secrets.items(), this.removals.tombstones);
      const platform = readServers(this.platformPods.items(), "platform");
      this.fleet.update([...platform, ...readServers(this.instancePods.items(), "instance")]);
      const { accounts, removals } = this.accounts.desired;
      // A tombstone may be about an account on any server.
      if (changed.some((id) => removals.get(id)?.buried)) this.fleet.sweep();
      for (const id of changed) {
        const isNew = accounts.has(id) && !before.has(id);
        this.fleet.touch(id, (accounts.get(id) ?? removals.get(id))?.tenant, isNew);
      }
    });
  }

  private lead(leading: boolean): void {
    if (!leading) return;
    this.removals.distrust();
    this.fleet.sweep();
  }

  private tick(): void {
    this.seen();
    void this.removals.tend();
  }

  /** Notes which accounts have arrived. */
  private seen(): void {
    const { changed } = this.accounts;
    if (changed.length === 0) return;
    const servers = this.fleet.views();
    const records = new Map(this.accounts.records.map((record) => [record.jwt?.digest, record]));
    for (const id of changed) {
      const wanted = this.accounts.desired.accounts.get(id);
      const record = wanted && records.get(wanted.digest);
      if (!wanted || !record || !this.statusOf(record, servers).active) continue;
      const seconds = this.accounts.arrived(id);
      if (seconds !== undefined) this.metrics.convergence.observe(seconds);
      this.log.info("account is active everywhere", { account: wanted.account, id, seconds });
    }
  }

  private statusOf(record: AccountRecord, servers: readonly ServerView[]): AccountStatus {
    const { accounts, problems } = this.accounts.desired;
    const problem = problems.get(record.secret);
    const { id = "" } = record;
    const wanted = record.deleting || problem !== undefined ? undefined : accounts.get(id);
    return accountStatus(record, wanted, problem, servers, (server) => this.ledger.holding(server, id));
  }

  private contextOf(tenant: string | undefined): SiteContext {
    const belongs = (of: string | undefined) => tenant === undefined || of === tenant;
    return {
      desired: () => {
        const { accounts, removals } = this.accounts.desired;
        return { accounts: tenant === undefined ? accounts : this.accounts.ofTenant(tenant), removals };
      },
      isKnown: (id) => this.accounts.records.some((record) => record.id === id && belongs(record.tenant)),
      acting: () => this.isActing,
      trust: this.config.trust,
      ledger: this.ledger,
      log: this.log,
      onAction: (action, outcome) => this.acted(action, outcome),
      onSeen: () => this.seen(),
    };
  }

  private acted(action: Action, { refusals, silent, kicked }: Outcome): void {
    const failed = refusals.size > 0 || silent > 0;
    const result = failed ? "failed" : "ok";
    if ("account" in action) this.metrics.pushes.inc({ result });
    else if (action.kind === "kick") this.metrics.kicks.inc(kicked);
    else this.metrics.deletions.inc({ result });
    if (failed) this.metrics.failures.inc({ operation: action.kind });
    const { account, id } = "account" in action ? action.account : action.removal;
    const reasons = [...new Set(refusals.values())];
    const fields = { account, id, action: action.kind };
    if (failed) this.log.warn("servers refused or did not answer", { ...fields, reasons, silent });
    else this.log.info("servers told", fields);
  }
}
