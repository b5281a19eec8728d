import { type Cell, parts } from "./cells";
import { type ProofReport, summary } from "./report";
import { type Table, tableOf } from "./tables";

/** The report as a document: what was proved where, every matrix with every cell, and what is wrong. */
export function formatMarkdown(report: ProofReport): string {
  const { run, tenants, askers, coverage, cells } = report;
  return [
    `# Isolation of tenants: ${run.stack}`,
    `${report.ok ? "Proved" : "**Not proved**"}: ${summary(report)}.`,
    rows(
      ["", ""],
      [
        ["Cluster", run.cluster],
        ["Context", run.context],
        ["Time", `${run.startedAt}, ${run.seconds.toFixed(0)} s`],
        ["Kubernetes", run.kubernetes],
        ["nats-server", run.natsServer.join(", ")],
        ["nats-platform", run.program],
        ["Namespaces", Object.values(run.namespaces).join(", ")],
      ],
    ),
    "## Tenants",
    rows(
      ["Tenant", "Account", "Instances", "Creds used"],
      tenants.map(({ id, account, instances, user, role }) => [
        id,
        account ?? "none",
        instances.join(", ") || "none",
        user ? `${user} (${role})` : "none",
      ]),
    ),
    "## Covered",
    coverage.map((sentence) => `- ${sentence}`).join("\n"),
    ...wrongSection(cells),
    ...parts.flatMap((part) => {
      const table = tableOf(part, cells);
      return table ? [`## ${table.title}`, ...(part === "network" ? byTarget(table) : [whole(table)])] : [];
    }),
    "## Who asked",
    rows(
      ["Row", "Pod"],
      askers.map(({ row, description }) => [row, description]),
    ),
    "",
  ].join("\n\n");
}

function wrongSection(cells: readonly Cell[]): string[] {
  const wrong = cells.filter(({ ok }) => !ok);
  if (wrong.length === 0) return [];
  return [
    "## Wrong",
    rows(
      ["Who asked", "Who was asked", "What", "Expected", "Observed", "Seen", "Look at"],
      wrong.map(({ row, target, question, address, expected, observed, detail, look }) => [
        row,
        [target, ...(address ? [address] : [])].join(", "),
        code(question),
        expected,
        observed,
        detail,
        look ?? "",
      ]),
    ),
  ];
}

/** A table for each target, lest one be as wide as all: its addresses and ports by who asked. */
function byTarget(table: Table): string[] {
  return table.groups.flatMap(({ name, columns }) => {
    const asking = table.rows.filter((row) => columns.some((column) => table.field(row, name, column).length > 0));
    const addresses = [
      ...new Set(asking.flatMap((row) => columns.flatMap((column) => addressesOf(table.field(row, name, column))))),
    ];
    const lines = addresses.flatMap((address) =>
      columns.map((column) => [
        address,
        column,
        ...asking.map((row) =>
          table
            .field(row, name, column)
            .filter((cell) => cell.address === address)
            .map(verdict)
            .join(" "),
        ),
      ]),
    );
    return [`### ${name}`, rows(["Address", "Port", ...asking], lines)];
  });
}

function addressesOf(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ address }) => address ?? []);
}

function whole(table: Table): string {
  const columns = table.groups.flatMap(({ name, columns }) => columns.map((column) => ({ name, column })));
  return rows(
    ["", ...columns.map(({ column }) => code(column))],
    table.rows.map((row) => [
      row,
      ...columns.map(({ name, column }) => table.field(row, name, column).map(verdict).join(" ")),
    ]),
  );
}

function verdict({ ok, observed, expected }: Cell): string {
  return ok ? observed : `**${observed}**, not ${expected}`;
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (fields: readonly string[]) => `| ${fields.map((field) => field.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
