import { styleText } from "node:util";
import { printable } from "./printable";

/** A line of a table: its mark, such as ✓ or ✗, and its cells. */
export interface MarkedRow {
  readonly mark: string;
  readonly cells: readonly string[];
}

const colours: Readonly<Record<string, "green" | "red" | "yellow">> = { "✓": "green", "✗": "red", "!": "yellow" };

/** Lines of a table for people: the titles, then a row each, in columns as wide as what is in them. Marks are coloured on a terminal. */
export function markedTable(titles: readonly string[], found: readonly MarkedRow[]): string[] {
  const rows = found.map(({ mark, cells }) => ({ mark, cells: cells.map((cell) => printable(cell)) }));
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  return [{ mark: " ", cells: titles }, ...rows].map(({ mark, cells }) =>
    `${coloured(mark)} ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}

/** A mark in its colour, where standard output is a terminal and nobody has set NO_COLOR. */
function coloured(mark: string): string {
  const colour = colours[mark];
  return colour === undefined ? mark : styleText(colour, mark, { stream: process.stdout });
}
