import type { AttemptResult } from "../../services/demo-app/contract";
import { markedTable } from "../marked-table";

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
  const wrong = rows.filter(({ mark }) => mark === "✗").length;
  const end = wrong === 0 ? `all ${rows.length} as they should be` : `${wrong} of ${rows.length} not as they should be`;
  return `${[...markedTable(titles, rows), end].join("\n")}\n`;
}
