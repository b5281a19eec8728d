import { pairedRatios, type Summary, summarize } from "./statistics";

/** Times and memory are better when low, a rate when high. */
export type Unit = "s" | "ms" | "MiB" | "msg/s" | "op/s";

/** What a figure is to reach: a value of ours, or a multiple of the peer's. */
export type Target = { readonly value: number } | { readonly ratio: number };

/**
 * Whether the target is reached by the median. `within noise`: the median ratio misses it, but the pairs lie on both sides of it.
 */
export type Verdict = "met" | "within noise" | "missed";

/** One figure of ours beside its peer's. */
export interface Comparison {
  /** What was measured, for people. */
  readonly name: string;
  readonly unit: Unit;
  readonly ours: Summary;
  readonly peer?: Summary & { readonly name: string };
  /** Ours in multiples of the peer's, pair by pair. */
  readonly ratio?: Summary;
  readonly target?: Target;
  readonly verdict?: Verdict;
}

/** The measurements a {@link Comparison} is made of. */
export interface Series {
  readonly name: string;
  readonly unit: Unit;
  /** In the order they were taken, at least one. */
  readonly ours: readonly number[];
  /** Each was taken next to the one of ours at the same place. */
  readonly peer?: { readonly name: string; readonly values: readonly number[] };
  readonly target?: Target;
}

/** Sums a series up. A peer that was never measured is left out, and with it the ratio. */
export function compare({ name, unit, ours, peer, target }: Series): Comparison {
  const own = { name, unit, ours: summarize(ours) };
  const measuredPeer = peer && peer.values.length > 0 ? peer : undefined;
  const ratio = measuredPeer && summarize(pairedRatios(ours, measuredPeer.values));
  const verdict = target && judge(target, unit, own.ours, ratio);
  return {
    ...own,
    ...(measuredPeer ? { peer: { name: measuredPeer.name, ...summarize(measuredPeer.values) } } : {}),
    ...(ratio ? { ratio } : {}),
    ...(verdict ? { target, verdict } : {}),
  };
}

function judge(target: Target, unit: Unit, ours: Summary, ratio: Summary | undefined): Verdict | undefined {
  if ("value" in target) return reaches(ours.median, target.value, unit) ? "met" : "missed";
  if (!ratio) return undefined;
  if (reaches(ratio.median, target.ratio, unit)) return "met";
  return ratio.min <= target.ratio && target.ratio <= ratio.max ? "within noise" : "missed";
}

/** Whether less or more of the unit is better. */
export function lowerIsBetter(unit: Unit): boolean {
  return unit === "s" || unit === "ms" || unit === "MiB";
}

function reaches(value: number, target: number, unit: Unit): boolean {
  return lowerIsBetter(unit) ? value <= target : value >= target;
}
