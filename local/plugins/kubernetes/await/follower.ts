import { ApiError } from "../client";
import { type KubeObject, nameOf, textAt, uidOf } from "../objects";
import type { Cluster } from "../session";

/** Follows one object through a watch: `current` is its newest state, undefined once it is gone. */
export class Follower {
  current: KubeObject | undefined;
  readonly #stop = new AbortController();
  #wake: () => void = () => {};
  #news = false;

  /** @param path of the object's collection in its namespace */
  constructor(
    private readonly cluster: Cluster,
    private readonly path: string,
    object: KubeObject,
  ) {
    this.current = object;
    void this.#run(nameOf(object), uidOf(object));
  }

  /** Resolves when the object has changed, at the latest after `ms` milliseconds. @throws the reason of an aborted signal */
  async changed(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#news) await this.#next(ms, signal);
    this.#news = false;
  }

  async #next(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  stop(): void {
    this.#stop.abort();
  }

  async #run(name: string, uid: string): Promise<void> {
    const signal = this.#stop.signal;
    while (!signal.aborted && this.current) {
      try {
        await this.#watch(name, uid, textAt(this.current, "metadata", "resourceVersion"));
        await this.#read(name, uid);
      } catch {
        // The server is restarting or the network hiccups: the operation's own time-out decides when to give up.
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  async #watch(name: string, uid: string, resourceVersion: string): Promise<void> {
    const query = { fieldSelector: `metadata.name=${name}`, resourceVersion, timeoutSeconds: "300" };
    for await (const event of this.cluster.client.watch(this.path, { query, signal: this.#stop.signal })) {
      if (event.type === "ERROR") return; // the version is too old: read afresh
      if (uidOf(event.object) === uid) this.#update(event.type === "DELETED" ? undefined : event.object);
      if (!this.current) return;
    }
  }

  async #read(name: string, uid: string): Promise<void> {
    if (!this.current || this.#stop.signal.aborted) return;
    try {
      const object = await this.cluster.client.request("GET", `${this.path}/${encodeURIComponent(name)}`, {
        signal: this.#stop.signal,
      });
      this.#update(uidOf(object) === uid ? object : undefined);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
      this.#update(undefined);
    }
  }

  #update(object: KubeObject | undefined): void {
    this.current = object;
    this.#news = true;
    this.#wake();
  }
}
