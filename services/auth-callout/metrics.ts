import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is counted at the moment of a scrape. */
export interface Snapshot {
  readonly connected: boolean;
  /** Seconds since the cluster's keys were last seen; undefined where tokens are not verified by them. */
  readonly keyAgeSeconds: number | undefined;
  /** Entries by cache. */
  readonly caches: Readonly<Record<string, number>>;
}

/** Seconds: a decision takes about one millisecond; a server gives up after two seconds. */
const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];

/** Metrics of the service, names starting with `auth_callout_`. */
export class Metrics {
  private readonly registry = new Registry();
  /** Logins by `result`, accepted or refused, and `reason`, which of accepted ones is empty. */
  readonly logins = new Counter({
    name: "auth_callout_logins_total",
    help: "Logins decided, by result and reason",
    labelNames: ["result", "reason"] as const,
    registers: [this.registry],
  });
  /** Requests that were not answered, because they are none of a server's. */
  readonly unreadable = new Counter({
    name: "auth_callout_unreadable_requests_total",
    help: "Requests that could not be decrypted or read, and were not answered",
    registers: [this.registry],
  });
  readonly latency = new Histogram({
    name: "auth_callout_latency_seconds",
    help: "Time from a request's arrival to its answer",
    buckets: latencyBuckets,
    registers: [this.registry],
  });
  private readonly connected = this.gauge("connected", "1 while connected to NATS");
  private readonly keyAge = this.gauge("key_age_seconds", "Time since the cluster's keys were last seen");
  private readonly caches = new Gauge({
    name: "auth_callout_cache_entries",
    help: "Entries by cache",
    labelNames: ["cache"] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Metrics in the text format of Prometheus. */
  async text({ connected, keyAgeSeconds, caches }: Snapshot): Promise<{ contentType: string; text: string }> {
    this.connected.set(connected ? 1 : 0);
    this.keyAge.set(keyAgeSeconds ?? Number.NaN);
    for (const [cache, entries] of Object.entries(caches)) this.caches.set({ cache }, entries);
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private gauge(name: string, help: string): Gauge {
    return new Gauge({ name: `auth_callout_${name}`, help, registers: [this.registry] });
  }
}
