import { ensureTools, type ReadyTool } from "./ensure";
import { type ToolName, toolNames } from "./table";

/** `npm run -s tools -- [--json] [tool...]`: makes the tools named ready, or all, and prints what each is and took. */
async function main(args: readonly string[]): Promise<void> {
  const json = args.includes("--json");
  const named = args.filter((arg) => arg !== "--json");
  const known = toolNames();
  const unknown = named.filter((name) => !(known as readonly string[]).includes(name));
  if (unknown.length > 0)
    throw new Error(`not a tool: ${unknown.join(", ")}; accepted: ${known.join(", ")}, or --json`);
  const ready = await ensureTools(named.length > 0 ? (named as ToolName[]) : known);
  process.stdout.write(json ? `${JSON.stringify(ready, null, 2)}\n` : table(ready));
}

function table(tools: readonly ReadyTool[]): string {
  const rows = [
    ["TOOL", "VERSION", "STATE", "SECONDS"],
    ...tools.map(({ name, version, state, seconds }) => [name, version, state, seconds > 0 ? seconds.toFixed(1) : ""]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
