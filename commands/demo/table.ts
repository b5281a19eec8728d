import type { AttemptResult } from "../../services/demo-app/contract";

/** What the apps of one namespace have found. */
export interface NamespaceResults {
  readonly tenant: string;
  readonly namespace: string;
  readonly results: readonly AttemptResult[];
}

/** A table for people: a line for each attempt, ✓ for what came out as it should. */
export function formatResults(all: readonly NamespaceResults[]): string {
  const rows = all.flatMap(({ tenant, namespace, results }) =>
    results.map(({ question, expected, observed, ok }) => ({
      mark: ok ? "✓" : "✗",
      cells: [tenant, `${namespace}/report`, question, ok ? observed : `${observed} (should be ${expected})`],
    })),
  );
  const titles = ["tenant", "app", "tries to", "and is"];
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...rows.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = (mark: string, cells: readonly string[]) =>
    `${mark} ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  const wrong = rows.filter(({ mark }) => mark === "✗").length;
  const end = wrong === 0 ? `all ${rows.length} as they should be` : `${wrong} of ${rows.length} not as they should be`;
  return `${[line(" ", titles), ...rows.map(({ mark, cells }) => line(mark, cells)), end].join("\n")}\n`;
}
