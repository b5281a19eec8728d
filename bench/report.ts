import type { AccountSyncResult } from "./account-sync/result";
import type { AppsResult } from "./apps/result";
import { type Comparison, lowerIsBetter, type Target, type Unit } from "./comparison";
import type { LifecycleResult } from "./lifecycle";
import type { MachineDescription } from "./machine";
import type { PoliciesResult } from "./policies/result";
import type { Summary } from "./statistics";
import type { TenantsResult } from "./tenants/result";
import type { ToolTimes } from "./tools";

/** What was found by the parts that were measured. */
export interface PartResults {
  readonly lifecycle?: LifecycleResult;
  readonly throughput?: readonly Comparison[];
  readonly tenants?: TenantsResult;
  readonly "account-sync"?: AccountSyncResult;
  readonly apps?: AppsResult;
  readonly policies?: PoliciesResult;
  readonly tools?: ToolTimes;
}

/** Everything a run has found; with `--json` it is printed as it is. */
export interface BenchReport {
  readonly machine: MachineDescription;
  /** What is worth knowing about this run, such as other clusters on the machine. */
  readonly notes: readonly string[];
  readonly parts: PartResults;
}

/** Heads of the columns of {@link comparisonRows}. */
export const comparisonHead = ["", "ours", "peer", "ratio", "target"] as const;

/** Comparisons as cells of text: a summary is `median (min to max)`. */
export function comparisonRows(comparisons: readonly Comparison[]): string[][] {
  return comparisons.map(({ name, unit, ours, peer, ratio, target, verdict }) => [
    name,
    formatSummary(ours, unit),
    peer ? formatSummary(peer, unit) : "",
    ratio ? formatRange(ratio, (value) => value.toFixed(2)) : "",
    target && verdict ? `${formatTarget(target, unit)}: ${verdict}` : "",
  ]);
}

/** Rows of the tools' table. */
export function toolRows({ seconds, tools }: ToolTimes): string[][] {
  const rows = tools.map(({ name, version, state, seconds }) => [
    name,
    version,
    state === "built" ? `${seconds.toFixed(1)} s` : "an official installation was on PATH",
  ]);
  return [...rows, ["all, several side by side", "", `${seconds.toFixed(0)} s`]];
}

/** The report for a terminal. */
export function formatReport({ machine, notes, parts }: BenchReport): string {
  const { lifecycle, throughput, tenants, "account-sync": accountSync, apps, policies, tools } = parts;
  const figures = (title: string, comparisons: readonly Comparison[], head: readonly string[] = comparisonHead) =>
    comparisons.length > 0 ? [section(title, formatTable(head, comparisonRows(comparisons)))] : [];
  const resources = `the platform is ${lifecycle?.resources} resources, the peer installs only the chart's`;
  return [
    section("machine", formatTable([], Object.entries(machine))),
    ...(tools ? [section("tools, cold", formatTable([], toolRows(tools)))] : []),
    ...figures(`life cycle (seconds; ${resources})`, lifecycle?.comparisons ?? []),
    ...figures("throughput and latency", throughput ?? []),
    ...figures(`one tenant more, and ${tenants?.parallel} at a time`, tenants?.comparisons ?? []),
    ...figures("growth with the number of tenants", tenants?.growth ?? [], tenants && growthHead(tenants)),
    ...figures("an idle instance", tenants?.idle ?? []),
    ...figures("account-sync", accountSync?.comparisons ?? []),
    ...figures("apps", apps?.comparisons ?? []),
    ...figures("policies", policies?.comparisons ?? []),
    section(
      "peers",
      allPeers(parts)
        .map(({ name, of }) => `  ${name}: ${of.join("; ")}\n`)
        .join(""),
    ),
    ...notes.map((note) => `Note: ${note}\n`),
  ].join("\n");
}

/** Heads of the columns of a table that compares the greatest number of tenants with the least. */
export function growthHead({ counts }: TenantsResult): string[] {
  return ["", `beside ${counts.at(-1)}`, `beside ${counts[0]}`, "ratio", "target"];
}

/** A peer, and the names of what it is the peer of. */
export interface Peer {
  readonly name: string;
  readonly of: readonly string[];
}

/** Each peer once. */
export function peers(comparisons: readonly Comparison[]): Peer[] {
  const uses = new Map<string, string[]>();
  for (const { name, peer } of comparisons) {
    if (peer) uses.set(peer.name, [...(uses.get(peer.name) ?? []), name]);
  }
  return [...uses].map(([name, of]) => ({ name, of }));
}

function allPeers({
  lifecycle,
  throughput,
  tenants,
  "account-sync": accountSync,
  apps,
  policies,
}: PartResults): Peer[] {
  return [
    ...peers([...(lifecycle?.comparisons ?? []), ...(throughput ?? [])]),
    ...(tenants ? [...tenants.peers, ...peers(tenants.idle)] : []),
    ...peers([...(accountSync?.comparisons ?? []), ...(apps?.comparisons ?? []), ...(policies?.comparisons ?? [])]),
  ];
}

function section(title: string, body: string): string {
  return `${title}\n${body}`;
}

/** A table of aligned columns, each row indented by two spaces. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = head.length > 0 ? [head, ...rows] : rows;
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

function formatSummary(summary: Summary, unit: Unit): string {
  return formatRange(summary, (value) => formatValue(value, unit), ` ${unit}`);
}

function formatRange({ min, median, max, runs }: Summary, text: (value: number) => string, unit = ""): string {
  return runs === 1 ? `${text(median)}${unit}` : `${text(median)}${unit} (${text(min)} to ${text(max)})`;
}

/** A value without its unit, in as many digits as mean something. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === "s" || unit === "MiB") return value.toFixed(1);
  if (unit === "ms") return value.toFixed(2);
  return Math.round(value).toLocaleString("en-US");
}

function formatTarget(target: Target, unit: Unit): string {
  const bound = lowerIsBetter(unit) ? "at most" : "at least";
  return "value" in target ? `${bound} ${target.value} ${unit}` : `${bound} ${target.ratio} times`;
}
