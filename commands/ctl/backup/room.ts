import type { StreamConfig } from "@nats-io/jetstream";
import type { AccountInfo, Tier } from "./api";

/** A stream that is to be restored, and what it takes the place of. */
export interface Newcomer {
  readonly config: StreamConfig;
  readonly bytes: number;
  /** What is deleted for it. */
  readonly former?: { readonly config: StreamConfig; readonly bytes: number };
}

/** What is asked of, or left in, one of an account's limits. */
interface Demand {
  readonly limit: number;
  used: number;
  reserved: number;
  needed: number;
  readonly what: string;
}

/**
 * What keeps an account from taking streams: a line for each of its limits that is too low; empty if they have room. Limits count every
 * replica, except those by number of replicas.
 */
export function roomProblems(info: AccountInfo, newcomers: readonly Newcomer[]): string[] {
  const demands = new Map<string, Demand>();
  const streams = new Map<string, { tier: Tier; more: number }>();
  for (const { config, bytes, former } of newcomers) {
    if (former) {
      const freed = demandOf(demands, info, former.config);
      freed.used -= former.bytes * copies(info, former.config);
      freed.reserved -= reserved(info, former.config);
    }
    const demand = demandOf(demands, info, config);
    demand.needed += bytes * copies(info, config);
    demand.reserved += reserved(info, config);
    const [name, tier] = tierOf(info, config);
    const counted = streams.get(name) ?? { tier, more: 0 };
    streams.set(name, { tier, more: counted.more + (former ? 0 : 1) });
  }
  return [
    ...[...demands.values()].flatMap(tooMuch),
    ...[...streams.values()].flatMap(({ tier, more }) => {
      const most = tier.limits.max_streams;
      return most > 0 && tier.streams + more > most
        ? [`${more} more streams are needed, ${Math.max(0, most - tier.streams)} of ${most} are left`]
        : [];
    }),
  ];
}

function tooMuch({ limit, used, reserved, needed, what }: Demand): string[] {
  if (limit < 0) return [];
  const left = Math.max(0, limit - used);
  if (needed > left) return [`${needed} bytes ${what} are needed, ${left} of ${limit} are left`];
  return reserved > limit
    ? [`${reserved} bytes ${what} would be reserved by max_bytes of streams, ${limit} may be`]
    : [];
}

function demandOf(demands: Map<string, Demand>, info: AccountInfo, config: StreamConfig): Demand {
  const [name, tier] = tierOf(info, config);
  const memory = config.storage === "memory";
  const key = `${name} ${config.storage}`;
  const known = demands.get(key);
  if (known) return known;
  const fresh: Demand = {
    // Near enough, where they are bigints.
    limit: Number(memory ? tier.limits.max_memory : tier.limits.max_storage),
    used: Number(memory ? tier.memory : tier.storage),
    reserved: Number((memory ? tier.reserved_memory : tier.reserved_storage) ?? 0),
    needed: 0,
    what: `${memory ? "in memory" : "on disk"}${name ? ` for streams of ${name}` : ""}`,
  };
  demands.set(key, fresh);
  return fresh;
}

function tierOf(info: AccountInfo, config: StreamConfig): readonly [name: string, tier: Tier] {
  const name = `R${config.num_replicas}`;
  const tier = info.tiers?.[name];
  return tier ? [name, tier] : ["", info];
}

function copies(info: AccountInfo, config: StreamConfig): number {
  return tierOf(info, config)[0] ? 1 : config.num_replicas;
}

function reserved(info: AccountInfo, config: StreamConfig): number {
  return Math.max(0, Number(config.max_bytes)) * copies(info, config);
}
