import { type Comparison, compare } from "../comparison";

/** Measurements of one run. */
export interface AppsRun {
  /** Milliseconds until all templates were wired. */
  readonly wiring: number;
  /** Milliseconds until all of them were copied. */
  readonly copying: number;
}

/** @param templates number that were wired in each run */
export function appComparisons(runs: readonly AppsRun[], templates: number): Comparison[] {
  return [
    compare({
      name: `${templates.toLocaleString("en-US")} pod templates wired`,
      unit: "ms",
      ours: runs.map(({ wiring }) => wiring),
      peer: { name: "structuredClone of each", values: runs.map(({ copying }) => copying) },
    }),
  ];
}
