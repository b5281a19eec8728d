import { type MarkedRow, markedTable } from "../marked-table";
import { printable } from "../printable";

/** Prints what came of a command: a document for programs, or lines for people. */
export function print(json: boolean, document: unknown, lines: () => readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(document)}\n` : `${lines().join("\n")}\n`);
}

/** Says what is being done, beside the result. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The mark of a row: whether something is wrong. */
export function mark(problems: readonly unknown[]): string {
  return problems.length === 0 ? "✓" : "✗";
}

/** Lines of a table, or one that says why there is none. */
export function tableOr(none: string, titles: readonly string[], rows: readonly MarkedRow[]): string[] {
  return rows.length === 0 ? [none] : markedTable(titles, rows);
}

/** Properties of one thing, a line each. */
export function properties(values: Readonly<Record<string, string | number>>): string[] {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values).map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}`);
}

const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes for people, such as `1.5 GiB`. */
export function bytes(count: number): string {
  const exponent = Math.min(Math.floor(Math.log2(Math.max(count, 1)) / 10), binaryUnits.length - 1);
  const value = count / 1024 ** exponent;
  return `${Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)} ${binaryUnits[exponent]}`;
}

/** A limit for people: servers write "none" as a number below or beyond all others. */
export function limit(value: number, show: (value: number) => string = String): string {
  return value < 0 || value > Number.MAX_SAFE_INTEGER ? "no limit" : show(value);
}

const ageUnits = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** A time span for people, in its largest unit, such as `5 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1_000));
  const [unit, size] = ageUnits.find(([, size]) => seconds >= size) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** How long ago a time is, for people. */
export function ago(time: string, now: number): string {
  return `${span(now - Date.parse(time))} ago`;
}
