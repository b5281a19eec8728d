import { describeError } from "../../services/text";
import type { CheckResult } from "../../services/verify/contract";
import {
  exitCodes,
  formatJson,
  formatRow,
  formatSummary,
  type TableStyle,
  unusableReport,
  type VerifyReport,
} from "./report";
import { checkNames, type VerifyOptions, verify } from "./verify";

/** Exit code of a process that Ctrl-C ended, as shells have it. */
const interrupted = 130;

/** What came of a verification. */
export interface Verification {
  /** For the process: 0 if every check passed, 1 if one failed, 2 if the cluster cannot be asked, 130 if interrupted. */
  readonly exitCode: number;
  readonly report: VerifyReport;
}

/** How a report is printed. */
export interface PrintOptions {
  /** One JSON document on standard output, instead of a table that grows as results come. */
  readonly json: boolean;
  /** Where the table goes. @default standard output */
  readonly out?: NodeJS.WriteStream;
}

/** Verifies a platform and prints the report. */
export function reportVerification(options: VerifyOptions, print: PrintOptions): Promise<Verification> {
  const make = (onCheck: (result: CheckResult) => void, signal: AbortSignal) => verify({ ...options, onCheck, signal });
  return reportChecks(checkNames(options.expected), make, print);
}

/**
 * Makes checks and prints their report, as {@link reportVerification} does.
 * @param names of the checks, in the order of the report
 * @param make makes them, telling of each as it ends
 */
export async function reportChecks(
  names: readonly string[],
  make: (onCheck: (result: CheckResult) => void, signal: AbortSignal) => Promise<VerifyReport>,
  { json, out = process.stdout }: PrintOptions,
): Promise<Verification> {
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const table = json ? undefined : new Table(out, names);
  const started = performance.now();
  try {
    const report = await make((check) => table?.add(check), abort.signal);
    if (table) table.end(formatSummary(report, performance.now() - started, table.style));
    else process.stdout.write(`${formatJson(report)}\n`);
    return { exitCode: report.ok ? exitCodes.ok : exitCodes.failed, report };
  } catch (error) {
    table?.end();
    reportUnusable(error, { json });
    const exitCode = abort.signal.aborted ? interrupted : exitCodes.unusable;
    return { exitCode, report: unusableReport(describeError(error)) };
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** Says why nothing could be checked: on stderr for people, as a report that failed for programs. */
function reportUnusable(error: unknown, { json }: { json: boolean }): void {
  if (json) process.stdout.write(`${formatJson(unusableReport(describeError(error)))}\n`);
  else process.stderr.write(`error: ${describeError(error)}\n`);
}

/** Prints rows in a fixed order while results come in any. On a terminal, a last line tells what is awaited. */
class Table {
  readonly style: TableStyle;
  private readonly results = new Map<string, CheckResult>();
  private readonly nameWidth: number;
  private printed = 0;

  constructor(
    private readonly out: NodeJS.WriteStream,
    private readonly names: readonly string[],
  ) {
    this.style = { color: out.isTTY === true && !process.env.NO_COLOR, width: out.isTTY ? out.columns : undefined };
    this.nameWidth = Math.max(...names.map((name) => name.length));
    this.showAwaited();
  }

  add(result: CheckResult): void {
    this.results.set(result.name, result);
    this.clearAwaited();
    for (let next = this.next(); next; next = this.next()) {
      this.out.write(`${formatRow(next, this.nameWidth, this.style)}\n`);
      this.printed++;
    }
    this.showAwaited();
  }

  end(summary?: string): void {
    this.clearAwaited();
    if (summary) this.out.write(`${summary}\n`);
  }

  private next(): CheckResult | undefined {
    const name = this.names[this.printed];
    return name === undefined ? undefined : this.results.get(name);
  }

  private showAwaited(): void {
    const awaited = this.names.filter((name) => !this.results.has(name));
    if (!this.out.isTTY || !awaited.length) return;
    const text = `  ${this.results.size} of ${this.names.length} done, awaiting ${awaited.join(", ")}`;
    this.out.write(text.slice(0, this.out.columns - 1));
  }

  private clearAwaited(): void {
    if (this.out.isTTY) this.out.write("\r\u001b[K");
  }
}
