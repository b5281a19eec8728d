/** A line of a table: its mark, such as ✓ or ✗, and its cells. */
export interface MarkedRow {
  readonly mark: string;
  readonly cells: readonly string[];
}

/** Lines of a table for people: the titles, then a row each, in columns as wide as what is in them. */
export function markedTable(titles: readonly string[], rows: readonly MarkedRow[]): string[] {
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  return [{ mark: " ", cells: titles }, ...rows].map(({ mark, cells }) =>
    `${mark} ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
}
