import { setTimeout as delay } from "node:timers/promises";
import { CoordinationV1Api, type KubeConfig, type V1Lease, V1MicroTime } from "@kubernetes/client-node";
import { answer, codeOf } from "../../kubernetes/api";
import { type Log, messageOf } from "../../log";
import { claim, claimableIn, giveUpMs, type LeaseRecord, release, renewMs, type SeenLease } from "./lease-record";

/** Milliseconds the API server has to answer: two tries have to fit into the time after which a leader gives up. */
const answerMs = 1_500;

/** What is elected by, and who stands. */
export interface ElectionOptions {
  readonly namespace: string;
  /** Name of the Lease. */
  readonly lease: string;
  /** Who we are: unique among the candidates. */
  readonly identity: string;
}

/** Stands for leader from the start until it is stopped. */
export class Election {
  private readonly api: CoordinationV1Api;
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private seen: SeenLease | undefined;
  private lease: V1Lease | undefined;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private leading = false;
  private failure: string | undefined;

  /** @param onChange called with whether we lead, whenever that changes */
  constructor(
    config: KubeConfig,
    private readonly options: ElectionOptions,
    private readonly log: Log,
    private readonly onChange: (leading: boolean) => void,
  ) {
    this.api = config.makeApiClient(CoordinationV1Api);
    this.running = this.run();
  }

  /** Whether we are the leader. Ends by itself when the Lease could not be renewed in time. */
  get isLeading(): boolean {
    return this.leading && Date.now() < this.renewedAt + giveUpMs;
  }

  /** Lets go of the Lease. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (!this.leading || !this.seen) return;
    this.set(false);
    await this.write(release(this.seen.record, Date.now())).catch((error) => {
      this.log.warn("cannot release the lease; it runs out by itself", { reason: messageOf(error) });
    });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const began = Date.now();
      try {
        const mine = await this.attempt();
        if (mine) this.renewedAt = began;
        this.failure = undefined;
        this.set(mine);
      } catch (error) {
        this.failed(messageOf(error));
        if (!this.isLeading) this.set(false);
      }
      await delay(this.pause(), undefined, { signal }).catch(() => {});
    }
  }

  /** Milliseconds until the next try: until it is time to renew, or sooner when a Lease that is not renewed runs out. */
  private pause(): number {
    const usual = renewMs * (0.9 + Math.random() / 5);
    return this.leading ? usual : Math.min(usual, claimableIn(this.seen, Date.now()) || usual);
  }

  /** @returns whether the Lease is ours */
  private async attempt(): Promise<boolean> {
    await this.read();
    const next = claim(this.options.identity, this.seen, Date.now());
    if (!next) return false;
    try {
      await this.write(next);
      return true;
    } catch (error) {
      // Somebody was faster.
      if (codeOf(error) === 409) return false;
      throw error;
    }
  }

  private async read(): Promise<void> {
    const { namespace, lease: name } = this.options;
    try {
      this.saw(await answer(this.api.readNamespacedLease({ name, namespace }), answerMs));
    } catch (error) {
      if (codeOf(error) !== 404) throw error;
      this.lease = undefined;
      this.seen = undefined;
    }
  }

  private async write(record: LeaseRecord): Promise<void> {
    const { namespace, lease: name } = this.options;
    const spec = {
      holderIdentity: record.holder,
      leaseDurationSeconds: record.durationSeconds,
      leaseTransitions: record.transitions,
      acquireTime: new V1MicroTime(record.acquiredAt),
      renewTime: new V1MicroTime(record.renewedAt),
    };
    // The resource version that was read goes with it, so that of two candidates one is refused.
    const written = this.lease
      ? this.api.replaceNamespacedLease({ name, namespace, body: { ...this.lease, spec } })
      : this.api.createNamespacedLease({ namespace, body: { metadata: { name, namespace }, spec } });
    this.saw(await answer(written, answerMs));
  }

  private saw(lease: V1Lease): void {
    const changed = lease.metadata?.resourceVersion !== this.lease?.metadata?.resourceVersion;
    this.lease = lease;
    const { spec = {} } = lease;
    const record = {
      holder: spec.holderIdentity ?? "",
      durationSeconds: spec.leaseDurationSeconds ?? 0,
      transitions: spec.leaseTransitions ?? 0,
      acquiredAt: timeOf(spec.acquireTime),
      renewedAt: timeOf(spec.renewTime),
    };
    this.seen = { record, seenAt: changed || !this.seen ? Date.now() : this.seen.seenAt };
  }

  private set(leading: boolean): void {
    if (leading === this.leading) return;
    this.leading = leading;
    this.log.info(leading ? "leading" : "not leading", { holder: this.seen?.record.holder });
    this.onChange(leading);
  }

  private failed(reason: string): void {
    if (reason !== this.failure) this.log.warn("cannot take or renew the lease", { reason });
    this.failure = reason;
  }
}

/** Unix milliseconds; the client hands over such times as they were sent, whatever their type says. */
function timeOf(time: Date | string | undefined): number {
  return time === undefined ? 0 : new Date(time).getTime();
}
