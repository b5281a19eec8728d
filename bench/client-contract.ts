import type { Unit } from "./comparison";

/** The two deployments that are compared: the platform, and the chart as it comes. */
export const sides = ["platform", "chart"] as const;
export type Side = (typeof sides)[number];

/** What the client measures, in the order it does. */
export const figures = {
  "publish-sync": { name: "JetStream publish, one at a time", unit: "msg/s" },
  "publish-sync-p50": { name: "JetStream publish, latency p50", unit: "ms" },
  "publish-sync-p99": { name: "JetStream publish, latency p99", unit: "ms" },
  "publish-async": { name: "JetStream publish, 256 in flight", unit: "msg/s" },
  consume: { name: "JetStream consume, each message acknowledged", unit: "msg/s" },
  "core-publish": { name: "Core publish to subscribe, across two servers", unit: "msg/s" },
  "core-request-p50": { name: "Core request and reply across two servers, latency p50", unit: "ms" },
  "core-request-p99": { name: "Core request and reply across two servers, latency p99", unit: "ms" },
  "kv-put": { name: "Key-value put, one at a time", unit: "op/s" },
  "kv-get": { name: "Key-value get, one at a time", unit: "op/s" },
} as const satisfies Record<string, { name: string; unit: Unit }>;
export type Figure = keyof typeof figures;

/** What the client is told, as JSON in the environment variable {@link settingsVariable}. */
export interface ClientSettings {
  /** Addresses (`host:port`) of two servers of each side: the one that leads the streams, and another. */
  readonly servers: Readonly<Record<Side, readonly [string, string]>>;
  /** File with the creds of a side that asks for them. */
  readonly creds: Readonly<Partial<Record<Side, string>>>;
  /** Times that everything is measured on each side. One more comes first, to warm up, and does not count. */
  readonly rounds: number;
  /** Milliseconds each workload runs for. */
  readonly workloadMs: number;
}

export const settingsVariable = "BENCH_SETTINGS";

/** One measurement; the client prints each as a line of JSON. */
export interface Measurement {
  /** 0 is the warm-up. */
  readonly round: number;
  readonly side: Side;
  readonly figure: Figure;
  readonly value: number;
}
