import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ServerState } from "./status";

/** What is counted at the moment of a scrape. */
export interface Snapshot {
  readonly leading: boolean;
  /** Number of accounts by state. `invalid`: the Secret is unsound. */
  readonly accounts: Readonly<Record<"active" | "pending" | "invalid" | "deleting", number>>;
  /** Number of pairs of account and server that are not as they should be. */
  readonly drift: Readonly<Record<Exclude<ServerState, "current">, number>>;
  /** Number of servers, by whether they answer. */
  readonly servers: Readonly<Record<"reachable" | "unreachable", number>>;
  readonly tombstones: number;
  /** Accounts stored by servers they do not belong on. */
  readonly unknown: number;
}

/** Seconds: a revocation should be through within two, a thousand new accounts within twenty. */
const convergenceBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 300];

/** Metrics of the service, names starting with `account_sync_`. */
export class Metrics {
  readonly registry = new Registry();
  /** Accounts given to a cluster of servers, by result `ok` or `failed`. */
  readonly pushes = this.counter("pushes_total", "Accounts given to a cluster of servers", ["result"]);
  readonly deletions = this.counter("deletions_total", "Orders to delete an account given to a cluster of servers", [
    "result",
  ]);
  readonly kicks = this.counter("kicked_connections_total", "Connections closed that outlived their account");
  readonly failures = this.counter("failures_total", "What servers or the API server refused or left unanswered", [
    "operation",
  ]);
  readonly lastSuccess = this.gauge(
    "last_success_timestamp_seconds",
    "When all servers were last seen as they should be",
  );
  readonly convergence = new Histogram({
    name: "account_sync_convergence_seconds",
    help: "Time from a change of an account's Secret until every server has it, or has dropped it",
    buckets: convergenceBuckets,
    registers: [this.registry],
  });

  private readonly leader = this.gauge("leader", "1 if this replica acts, 0 if it only looks");
  private readonly tombstones = this.gauge(
    "tombstones",
    "Deleted accounts that are deleted again wherever they turn up",
  );
  private readonly unknown = this.gauge("unknown_accounts", "Accounts stored by servers they do not belong on");
  private readonly accounts = this.gauge("accounts", "Accounts by state", ["state"]);
  private readonly drift = this.gauge("drift", "Pairs of account and server that are not as they should be", ["state"]);
  private readonly servers = this.gauge("servers", "Servers by whether they answer", ["state"]);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Metrics in the text format of Prometheus. */
  async text(snapshot: Snapshot): Promise<{ contentType: string; text: string }> {
    this.leader.set(snapshot.leading ? 1 : 0);
    this.tombstones.set(snapshot.tombstones);
    this.unknown.set(snapshot.unknown);
    setAll(this.accounts, snapshot.accounts);
    setAll(this.drift, snapshot.drift);
    setAll(this.servers, snapshot.servers);
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `account_sync_${name}`, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name: `account_sync_${name}`, help, labelNames, registers: [this.registry] });
  }
}

function setAll(gauge: Gauge, values: Readonly<Record<string, number>>): void {
  for (const [state, value] of Object.entries(values)) gauge.set({ state }, value);
}
