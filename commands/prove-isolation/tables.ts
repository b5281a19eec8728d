import type { Cell, Part } from "./cells";

/** A matrix: rows by columns, the columns in groups, one mark or more in each field. */
export interface Table {
  readonly title: string;
  readonly rows: readonly string[];
  readonly groups: readonly { readonly name: string; readonly columns: readonly string[] }[];
  /** Cells of a field, one for each address that was asked. */
  readonly field: (row: string, group: string, column: string) => readonly Cell[];
}

const titles: Readonly<Record<Part, string>> = {
  network: "Network: who reaches which port",
  accounts: "Accounts on the platform: what of the second tenant's reaches the first",
  logins: "Creds: which server takes whose",
};

/** Where a cell stands in its part's matrix. */
const places: Readonly<Record<Part, (cell: Cell) => { row: string; group: string; column: string }>> = {
  network: ({ row, target, question }) => ({ row, group: target, column: question }),
  accounts: ({ row, target, question }) => ({ row: `${row} ← ${target}`, group: "", column: question }),
  logins: ({ row, target }) => ({ row, group: "", column: target }),
};

/** The matrix of one part; undefined if nothing was asked in it. */
export function tableOf(part: Part, cells: readonly Cell[]): Table | undefined {
  const placed = cells.filter((cell) => cell.part === part).map((cell) => ({ cell, ...places[part](cell) }));
  if (placed.length === 0) return undefined;
  const fields = groupBy(placed, ({ row, group, column }) => fieldKey(row, group, column));
  const groups = [...groupBy(placed, ({ group }) => group)].map(([name, members]) => ({
    name,
    columns: [...new Set(members.map(({ column }) => column))],
  }));
  return {
    title: titles[part],
    rows: [...new Set(placed.map(({ row }) => row))],
    groups,
    field: (row, group, column) => (fields.get(fieldKey(row, group, column)) ?? []).map(({ cell }) => cell),
  };
}

/** Items by key, in the order in which each key first came. */
export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function fieldKey(...parts: string[]): string {
  return parts.join("\n");
}
