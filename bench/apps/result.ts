import type { Comparison } from "../comparison";

/** What came of measuring apps. */
export interface AppsResult {
  readonly comparisons: readonly Comparison[];
  /** Pod templates that were wired in each run. */
  readonly templates: number;
  /** Clients that came back after a server was restarted. */
  readonly clients: number;
}
