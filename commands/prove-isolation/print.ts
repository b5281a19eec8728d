import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../services/text";
import { formatMarkdown } from "./markdown";
import { formatTables } from "./print-tables";
import { type ProofOptions, proveIsolation } from "./prove";
import { exitCode, exitCodes, formatJson, type ProofReport, summary, unusableJson } from "./report";

/** Exit code of a process that Ctrl-C ended, as shells have it. */
const interrupted = 130;

/** Columns where there is no terminal to ask. */
const defaultWidth = 120;

/** What is made of the report. */
export interface PrintOptions {
  /** Print one JSON document instead of tables. */
  readonly json: boolean;
  /** Folder to write report.md and report.json to. @default none */
  readonly folder?: string;
}

/**
 * Proves the isolation of tenants and prints the report: tables, or one JSON document. Progress goes to stderr.
 * @returns the process's exit code: 0 if every cell is as it should be, 1 if one is wrong, 2 if it could not be run, 130 if interrupted
 */
export async function reportProof(options: ProofOptions, { json, folder }: PrintOptions): Promise<number> {
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    // Before the work: a folder that cannot be written to is not found out at its end.
    if (folder) mkdirSync(folder, { recursive: true });
    const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
    const report = await proveIsolation({ ...options, onProgress, signal: abort.signal });
    process.stdout.write(json ? `${formatJson(report)}\n` : formatForPeople(report));
    if (folder) write(folder, report);
    return exitCode(report);
  } catch (error) {
    reportUnusable(error, { json });
    return abort.signal.aborted ? interrupted : exitCodes.unusable;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** Says why nothing could be proved: on stderr for people, as a report that failed for programs. */
export function reportUnusable(error: unknown, { json }: { json: boolean }): void {
  if (json) process.stdout.write(`${unusableJson(describeError(error))}\n`);
  else process.stderr.write(`error: ${describeError(error)}\n`);
}

function formatForPeople(report: ProofReport): string {
  const { stdout } = process;
  const style = {
    color: stdout.isTTY === true && !process.env.NO_COLOR,
    width: stdout.isTTY ? stdout.columns : defaultWidth,
  };
  return `${[formatTables(report.cells, style), "", ...report.coverage, summary(report)].join("\n")}\n`;
}

function write(folder: string, report: ProofReport): void {
  const files = { "report.md": formatMarkdown(report), "report.json": `${formatJson(report, 2)}\n` };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  process.stderr.write(
    `written: ${Object.keys(files)
      .map((name) => join(folder, name))
      .join(", ")}\n`,
  );
}
