import { setTimeout as delay } from "node:timers/promises";
import {
  type KubeConfig,
  type KubernetesListObject,
  type KubernetesObject,
  ListWatch,
  Watch,
} from "@kubernetes/client-node";
import { type Log, messageOf } from "../log";
import { answer } from "./api";

/** Milliseconds until a broken watch is begun again; at most as long until one the server has closed is opened again. */
const restartMs = 1_000;
/** Milliseconds between two complete lists: a watch that has lost an event is right again by then. */
const resyncMs = 300_000;

/** What is to be watched. */
export interface Watched<T extends KubernetesObject> {
  /** For the log, such as `secrets`. */
  readonly what: string;
  /** Path of the API, such as `/api/v1/namespaces/nats/secrets`. */
  readonly path: string;
  readonly labelSelector: string;
  list(): Promise<KubernetesListObject<T>>;
}

/** The objects of one kind as they are now, kept current by an informer that is begun anew when it breaks and every 5 minutes. */
export class ObjectWatch<T extends KubernetesObject> {
  private informer: ListWatch<T> | undefined;
  private latest: ListWatch<T> | undefined;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param onChange called after each change, and when the first list is complete */
  constructor(
    private readonly config: KubeConfig,
    private readonly watched: Watched<T>,
    private readonly log: Log,
    private readonly onChange: () => void,
  ) {
    void this.begin();
  }

  /** Whether a list has been complete once. */
  get isSynced(): boolean {
    return this.informer !== undefined;
  }

  /** Empty until the first list is complete. */
  items(): readonly T[] {
    return this.informer?.list() ?? [];
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all([this.informer?.stop(), this.latest?.stop()]);
  }

  private async begin(): Promise<void> {
    const { path, labelSelector, what } = this.watched;
    let listed = false;
    const list = async () => {
      const objects = await answer(this.watched.list());
      listed = true;
      return objects;
    };
    const next = new ListWatch<T>(path, new Watch(this.config), list, false, labelSelector, undefined, {
      // Its own waits grow to 30 s, in which a revocation would not be seen.
      delayFn: (ms) => delay(Math.min(ms, restartMs)),
    });
    this.latest = next;
    this.again(resyncMs);
    next.on("error", (error) => {
      // Nothing more is to be said of one that has been stopped or replaced.
      if (this.stopped || this.latest !== next) return;
      this.log.warn("watch broke", { what, reason: messageOf(error) });
      this.again(restartMs);
    });
    next.on("change", () => {
      if (this.informer === next) this.onChange();
    });
    // Returns when the list is complete and the watch is open, or when either has failed.
    await next.start();
    if (this.stopped || !listed) {
      await next.stop();
      return;
    }
    const before = this.informer;
    this.informer = next;
    await before?.stop();
    this.onChange();
  }

  private again(ms: number): void {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => void this.begin(), ms);
  }
}
