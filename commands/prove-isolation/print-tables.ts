import { type Cell, parts } from "./cells";
import { groupBy, type Table, tableOf } from "./tables";

/** How tables are printed. */
export interface PrintStyle {
  readonly color: boolean;
  /** Columns of the terminal; wider tables are printed in several pieces. */
  readonly width: number;
}

const colors = { dim: 2, red: 31, green: 32, yellow: 33 } as const;

interface Mark {
  readonly sign: string;
  readonly color: keyof typeof colors;
}

/** What the marks mean, in the order they are explained. */
const meanings: readonly (Mark & { readonly meaning: string })[] = [
  { sign: "●", color: "green", meaning: "open, accepted: as it should be" },
  { sign: "·", color: "dim", meaning: "closed, refused, isolated: as it should be" },
  { sign: "✗", color: "red", meaning: "lets through what it must not" },
  { sign: "○", color: "red", meaning: "does not let through what it should" },
  { sign: "?", color: "yellow", meaning: "not proven" },
  { sign: "–", color: "dim", meaning: "cannot be asked here" },
];

const signs = new Map(meanings.map((mark) => [mark.sign, mark]));

/** The mark of a cell. */
export function sign({ ok, observed }: Pick<Cell, "ok" | "observed">): string {
  if (observed === "skipped") return "–";
  const through = observed === "open" || observed === "accepted" || observed === "crossed";
  if (ok) return through ? "●" : "·";
  if (through) return "✗";
  return observed === "closed" || observed === "refused" ? "○" : "?";
}

/** Every matrix, then what its marks mean, then each cell that is wrong with what to look at. */
export function formatTables(cells: readonly Cell[], style: PrintStyle): string {
  const tables = parts.flatMap((part) => tableOf(part, cells) ?? []);
  return [
    ...tables.flatMap((table) => [...formatTable(table, style), ""]),
    ...legend(cells, style),
    ...wrongCells(cells),
  ]
    .map((line) => line.trimEnd())
    .join("\n");
}

function formatTable(table: Table, style: PrintStyle): string[] {
  const rowWidth = Math.max(...table.rows.map((row) => row.length));
  const columns = table.groups.flatMap((group) => measured(group, table));
  return [
    table.title,
    ...pieces(columns, style.width - rowWidth).flatMap((piece) => formatPiece(table, rowWidth, piece, style)),
  ];
}

/** A group of columns with the width each is printed in. */
interface Measured {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly width: number }[];
  readonly width: number;
}

function measured({ name, columns }: Table["groups"][number], table: Table): Measured {
  const sized = columns.map((column) => {
    const marks = table.rows.map((row) => table.field(row, name, column).length);
    return { name: column, width: Math.max(column.length, ...marks) + gap.length };
  });
  const width = sized.reduce((sum, column) => sum + column.width, 0);
  // The name of the group stands above its columns; the last is as wide as it takes.
  const missing = Math.max(0, name.length + gap.length - width);
  const last = sized.at(-1);
  if (last && missing > 0) sized[sized.length - 1] = { ...last, width: last.width + missing };
  return { name, columns: sized, width: width + missing };
}

const gap = "  ";

/** Groups that fit side by side; one that is wider than the terminal stands alone. */
function pieces(groups: readonly Measured[], room: number): Measured[][] {
  const found: Measured[][] = [];
  for (const group of groups) {
    const piece = found.at(-1);
    const taken = piece?.reduce((sum, { width }) => sum + width, 0) ?? 0;
    if (piece && taken + group.width <= room) piece.push(group);
    else found.push([group]);
  }
  return found;
}

function formatPiece(table: Table, rowWidth: number, groups: readonly Measured[], style: PrintStyle): string[] {
  const named = groups.some(({ name }) => name !== "");
  const head = groups.map(({ name, width }) => gap + name.padEnd(width - gap.length)).join("");
  const columns = groups.flatMap(({ columns }) =>
    columns.map(({ name, width }) => gap + name.padEnd(width - gap.length)),
  );
  const rows = table.rows.map((row) => {
    const fields = groups.flatMap(({ name, columns }) =>
      columns.map((column) => {
        const cells = table.field(row, name, column.name);
        const padding = " ".repeat(column.width - gap.length - cells.length);
        return gap + cells.map((cell) => paint(sign(cell), style)).join("") + padding;
      }),
    );
    return row.padEnd(rowWidth) + fields.join("");
  });
  return [...(named ? ["".padEnd(rowWidth) + head] : []), "".padEnd(rowWidth) + columns.join(""), ...rows];
}

const networkLegend = [
  "Several marks in a field: the Service, then each pod behind it.",
  "`as` a tenant: a pod that forges its label, with creds of other tenants (the network lets it through, servers must not); `elsewhere`: the same from another namespace.",
  "`bystander`: a pod of the tenants' namespace that no policy is about, so that the namespace's default denies it to everybody.",
];

function legend(cells: readonly Cell[], style: PrintStyle): string[] {
  const used = new Set(cells.map(sign));
  const lines = meanings
    .filter((mark) => used.has(mark.sign))
    .map((mark) => `${paint(mark.sign, style)} ${mark.meaning}`);
  return cells.some(({ part }) => part === "network") ? [...lines, ...networkLegend] : lines;
}

/** Each wrong cell, those alike in one. */
export function wrongCells(cells: readonly Cell[]): string[] {
  const wrong = cells.filter(({ ok }) => !ok);
  const alike = groupBy(wrong, ({ part, row, target, expected, observed, look }) =>
    [part, row, target, expected, observed, look].join("\n"),
  );
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { part, row, target, expected, observed, look } = first;
    const questions = [...groupBy(group, ({ question }) => question)].map(([question, asked]) => {
      const addresses = asked.flatMap(({ address }) => address ?? []);
      return addresses.length ? `${question} (${addresses.join(", ")})` : question;
    });
    const details = [...new Set(group.map(({ detail }) => detail))].join("; ");
    const arrow = part === "accounts" ? "←" : "→";
    return [
      `${sign(first)} ${row} ${arrow} ${target}, ${questions.join(", ")}: ${observed}, not ${expected}: ${details}`,
      ...(look ? [`    look at: ${look}`] : []),
    ];
  });
}

function paint(text: string, { color }: PrintStyle): string {
  const mark = signs.get(text);
  return color && mark ? `\u001b[${colors[mark.color]}m${text}\u001b[0m` : text;
}
