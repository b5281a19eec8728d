import { styleText } from "node:util";
import type { CheckResult } from "../../services/verify/contract";

/** What `verify` found. */
export interface VerifyReport {
  /** Whether every check passed, and there was at least one. */
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
}

/** Exit codes of `verify`. */
export const exitCodes = { ok: 0, failed: 1, unusable: 2 } as const;

/** The report over results. */
export function report(checks: readonly CheckResult[]): VerifyReport {
  return { ok: checks.length > 0 && checks.every(({ ok }) => ok), checks };
}

/** The report when nothing could be checked at all: wrong usage, no cluster. */
export function unusableReport(detail: string): VerifyReport {
  return report([{ name: "cluster-reachable", ok: false, detail, ms: 0 }]);
}

/** The report for programs: one line, the keys `ok` and `checks`, each check with `name`, `ok`, `detail` and `ms`. */
export function formatJson({ ok, checks }: VerifyReport): string {
  return JSON.stringify({ ok, checks: checks.map(({ name, ok, detail, ms }) => ({ name, ok, detail, ms })) });
}

/** How a table looks. */
export interface TableStyle {
  /** Colour the marks. */
  readonly color: boolean;
  /** Columns of the terminal; a longer detail of a passed check is cut. What is wrong is never cut. */
  readonly width?: number;
}

/** One line of the table for people. */
export function formatRow(result: CheckResult, nameWidth: number, { color, width }: TableStyle): string {
  const mark = paint(result.ok ? "✓" : "✗", result.ok ? "green" : "red", color);
  const start = `${result.name.padEnd(nameWidth)}  ${`${result.ms} ms`.padStart(8)}  `;
  const room = (width ?? Number.POSITIVE_INFINITY) - 2 - start.length;
  const cut = result.ok && room > 1 && result.detail.length > room;
  return `${mark} ${start}${cut ? `${result.detail.slice(0, room - 1)}…` : result.detail}`;
}

/** The last line of the table. */
export function formatSummary({ checks }: VerifyReport, ms: number, { color }: TableStyle): string {
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (!failed.length) return `${paint(`all ${checks.length} checks passed`, "green", color)} in ${seconds}`;
  return `${paint(`${failed.length} of ${checks.length} checks failed`, "red", color)} in ${seconds}: ${failed.join(", ")}`;
}

function paint(text: string, code: "green" | "red", color: boolean): string {
  return color ? styleText(code, text, { validateStream: false }) : text;
}
