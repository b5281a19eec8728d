import { type Comparison, lowerIsBetter, type Target, type Unit } from "./comparison";
import type { MachineDescription } from "./machine";
import type { Summary } from "./statistics";
import type { ToolTimes } from "./tools";

/** Everything a run has found; with `--json` it is printed as it is. */
export interface BenchReport {
  readonly machine: MachineDescription;
  /** What is worth knowing about this run: other clusters on the machine, fewer runs than asked for. */
  readonly notes: readonly string[];
  readonly tools?: ToolTimes;
  /** Resources that an `up` from nothing creates. */
  readonly resources: number;
  readonly lifecycle: readonly Comparison[];
  readonly throughput: readonly Comparison[];
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
export function formatReport(report: BenchReport): string {
  const machine = Object.entries(report.machine).map((row) => [...row]);
  return [
    section("machine", formatTable([], machine)),
    ...(report.tools ? [section("tools, cold", formatTable([], toolRows(report.tools)))] : []),
    section(
      `life cycle (seconds; the platform is ${report.resources} resources, the peer installs only the chart's)`,
      formatTable(comparisonHead, comparisonRows(report.lifecycle)),
    ),
    section("throughput and latency", formatTable(comparisonHead, comparisonRows(report.throughput))),
    section(
      "peers",
      peers(report)
        .map(({ name, of }) => `  ${name}: ${of.join("; ")}\n`)
        .join(""),
    ),
    ...report.notes.map((note) => `Note: ${note}\n`),
  ].join("\n");
}

/** Each peer once, with the names of what it is the peer of. */
export function peers({ lifecycle, throughput }: BenchReport): { name: string; of: string[] }[] {
  const uses = new Map<string, string[]>();
  for (const { name, peer } of [...lifecycle, ...throughput]) {
    if (peer) uses.set(peer.name, [...(uses.get(peer.name) ?? []), name]);
  }
  return [...uses].map(([name, of]) => ({ name, of }));
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
  if (unit === "s") return value.toFixed(1);
  if (unit === "ms") return value.toFixed(2);
  return Math.round(value).toLocaleString("en-US");
}

function formatTarget(target: Target, unit: Unit): string {
  const bound = lowerIsBetter(unit) ? "at most" : "at least";
  return "value" in target ? `${bound} ${target.value} ${unit}` : `${bound} ${target.ratio} times`;
}
