import { comparisonTable, peerLine } from "../markdown";
import { peers } from "../report";
import type { AppsResult } from "./result";

/** What docs/performance.md says of apps. */
export function appsSection({ comparisons }: AppsResult): string {
  return `${comparisonTable(comparisons)}
- Wired: two containers of three, twenty variables and three volumes in each template, its arguments checked each time, as in a stack with as many workloads.
  The peer only copies each, which is the least that whoever leaves the first template as it is must do.
${peerLine(peers(comparisons))}`;
}
