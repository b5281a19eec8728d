import type { Log } from "../log";
import type { Ledger } from "./ledger";
import { type LinkOptions, ServerLink } from "./nats/link";
import { purgeStored } from "./nats/requests";
import type { ServerPod } from "./servers";
import { Site, type SiteContext } from "./site";
import type { ServerView } from "./status";

/** Context of the site of a tenant's instances, or, without a tenant, of the platform's servers. */
export type ContextOf = (tenant: string | undefined) => SiteContext;

interface Member {
  pod: ServerPod;
  readonly link: ServerLink | undefined;
  readonly firstSeen: number;
}

/** All servers there are: a connection to each, and the sites they make up. */
export class Fleet {
  private readonly members = new Map<string, Member>();
  /** By tenant; undefined is the platform. */
  private readonly sites = new Map<string | undefined, Site>();

  constructor(
    private readonly options: LinkOptions,
    private readonly ledger: Ledger,
    private readonly log: Log,
    private readonly contextOf: ContextOf,
  ) {}

  /** Connects to servers that have come, leaves those that have gone. */
  update(pods: readonly ServerPod[]): void {
    const present = new Map(pods.map((pod) => [pod.uid, pod]));
    for (const [uid, { pod, link }] of this.members) {
      const next = present.get(uid);
      // A pod gets its address once, but later than its name.
      if (next && next.ip === pod.ip) continue;
      void link?.stop();
      this.members.delete(uid);
      this.ledger.forget(uid);
    }
    for (const pod of pods) {
      const member = this.members.get(pod.uid);
      if (member) member.pod = pod;
      else this.members.set(pod.uid, { pod, link: this.connect(pod), firstSeen: Date.now() });
    }
    this.updateSites(pods);
  }

  /** All servers as they are now. */
  views(): ServerView[] {
    return [...this.members.values()].map(({ pod, link, firstSeen }) => {
      const down = link ? link.down : { since: firstSeen, reason: "its pod has no address yet" };
      return { ...pod, ...(down ? { down } : {}) };
    });
  }

  /** Looks at an account where it belongs, before anything else; see {@link Site.touch}. */
  touch(account: string, tenant: string | undefined, isNew: boolean): void {
    this.sites.get(undefined)?.touch(account, isNew);
    if (tenant !== undefined) this.sites.get(tenant)?.touch(account, isNew);
  }

  /** Looks at everything everywhere. */
  sweep(): void {
    for (const site of this.sites.values()) site.sweepNow();
  }

  /** Whether everything that answers has been looked at once. */
  get isSwept(): boolean {
    const isTried = [...this.members.values()].every(({ link }) => link?.isTried ?? true);
    return isTried && [...this.sites.values()].every((site) => site.isSwept);
  }

  /**
   * Deletes what JetStream stores of an account.
   * @throws Error if it cannot be done now
   */
  async purge(account: string): Promise<void> {
    let failure = new Error("no server of the platform answers");
    // Should they be divided, one side has the leader that can do it.
    for (const link of this.linksOf(undefined).filter(({ serverId }) => serverId !== undefined)) {
      try {
        return await purgeStored(link, account);
      } catch (error) {
        failure = error as Error;
      }
    }
    throw failure;
  }

  /** Lets sites end what is under way. */
  async rest(): Promise<void> {
    await Promise.all([...this.sites.values()].map((site) => site.stop()));
    this.sites.clear();
  }

  async disconnect(): Promise<void> {
    await Promise.all([...this.members.values()].map(({ link }) => link?.stop()));
  }

  private connect(pod: ServerPod): ServerLink | undefined {
    const { ip } = pod;
    if (!ip) return undefined;
    return new ServerLink({ ...pod, ip }, this.options, this.log, (alive, serverId) => {
      const others = this.linksOf(pod.tenant).filter((link) => link.serverId !== undefined);
      if (!alive) {
        this.ledger.forget(pod.uid);
        if (serverId !== undefined) for (const link of others) link.forget(serverId);
      }
      // Who hears whom has changed for all of the site.
      void Promise.all(others.map((link) => link.refresh())).then(() => this.sites.get(pod.tenant)?.sweepNow());
    });
  }

  private updateSites(pods: readonly ServerPod[]): void {
    const tenants = new Set(pods.map(({ tenant }) => tenant));
    for (const [tenant, site] of this.sites) {
      if (tenants.has(tenant)) continue;
      void site.stop();
      this.sites.delete(tenant);
    }
    for (const tenant of tenants) {
      if (this.sites.has(tenant)) continue;
      const name = tenant === undefined ? "platform" : `tenant ${tenant}`;
      this.sites.set(tenant, new Site(name, () => this.linksOf(tenant), this.contextOf(tenant)));
    }
  }

  private linksOf(tenant: string | undefined): ServerLink[] {
    return [...this.members.values()].flatMap(({ pod, link }) => (link && pod.tenant === tenant ? [link] : []));
  }
}
