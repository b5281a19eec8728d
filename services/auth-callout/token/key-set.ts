import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { type Log, messageOf } from "../../log";
import { Denied } from "../denied";

/** Milliseconds between two looks at the keys; and the least between two, for a token whose key is not known. */
const refreshMs = 300_000;
const leastMs = 5_000;
/** Milliseconds to the next look after one that failed. */
const retryMs = 2_000;

/**
 * The keys the cluster signs ServiceAccount tokens with, as they are published. Looked at every five minutes, and when a token is signed by
 * a key that is not known. While they cannot be had, those last seen go on being good.
 */
export class KeySet {
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private text = "";
  private fetchedAt = 0;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /**
   * @param fetch gets the published keys; it gives up by itself
   * @param onChange called when other keys are published than before: what was verified with those that are gone is not good any more
   */
  constructor(
    private readonly fetch: () => Promise<JSONWebKeySet>,
    private readonly log: Log,
    private readonly onChange: () => void,
    private readonly now: () => number = Date.now,
  ) {
    void this.refresh();
  }

  get isLoaded(): boolean {
    return this.keys !== undefined;
  }

  /** Seconds since the keys were last seen; Infinity if they never were. */
  get ageSeconds(): number {
    return this.fetchedAt === 0 ? Number.POSITIVE_INFINITY : (this.now() - this.fetchedAt) / 1_000;
  }

  /** For jose: the key that a token's header names. */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    if (this.keys === undefined) await this.refresh();
    try {
      return await this.known()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    // Rotated, perhaps; asked for seldom, or anybody could have the API server asked. Who comes while they are on their way waits for them.
    if (this.fetching || this.now() - this.triedAt >= leastMs) await this.refresh();
    return this.known()(header, token);
  };

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private known(): ReturnType<typeof createLocalJWKSet> {
    if (this.keys === undefined) throw new Denied("unavailable", "the cluster's keys have not been had yet");
    return this.keys;
  }

  private refresh(): Promise<void> {
    this.fetching ??= this.load().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async load(): Promise<void> {
    clearTimeout(this.timer);
    this.triedAt = this.now();
    let next = refreshMs;
    try {
      const published = await this.fetch();
      const keys = createLocalJWKSet(published);
      const text = JSON.stringify(published);
      const changed = text !== this.text;
      this.keys = keys;
      this.text = text;
      this.fetchedAt = this.now();
      if (changed) {
        this.log.info("keys of the cluster", { ids: published.keys.map(({ kid }) => kid ?? "without id") });
        this.onChange();
      }
    } catch (error) {
      next = retryMs;
      this.log.warn("cannot get the keys of the cluster", { reason: messageOf(error) });
    }
    if (!this.stopped) this.timer = setTimeout(() => void this.refresh(), next).unref();
  }
}
