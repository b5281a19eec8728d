import type { Comparison } from "./comparison";
import { comparisonHead, comparisonRows, type Peer } from "./report";

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return `${line(head)}${line(head.map(() => "---"))}${rows.map(line).join("")}`;
}

/** Comparisons as a table in Markdown. */
export function comparisonTable(comparisons: readonly Comparison[], head: readonly string[] = comparisonHead): string {
  return markdownTable(head, comparisonRows(comparisons));
}

/** A line that names each peer, with what it is the peer of; nothing where there is none. */
export function peerLine(peers: readonly Peer[]): string {
  const rows = peers.map(({ name, of }) => `\`${name}\` for ${of.join(" and ")}`);
  return rows.length > 0 ? `- Peers: ${rows.join("; ")}.` : "";
}
