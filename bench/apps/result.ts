import type { Comparison } from "../comparison";

/** What came of measuring apps. */
export interface AppsResult {
  readonly comparisons: readonly Comparison[];
  /** Pod templates that were wired in each run. */
  readonly templates: number;
}
