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
  /** Names of the checks that failed. */
  readonly failed: readonly string[];
}

/**
 * Verifies a platform and prints the report: a table that grows as results come, or one JSON document.
 */
export function reportVerification(options: VerifyOptions, { json }: { json: boolean }): Promise<Verification> {
  return reportChecks(checkNames(options.expected), (onCheck, signal) => verify({ ...options, onCheck, signal }), {
    json,
  });
}

/**
 * Makes checks and prints their report, as {@link reportVerification} does.
 * @param names of the checks, in the order of the report
 * @param make makes them, telling of each as it ends
 */
export async function reportChecks(
  names: readonly string[],
  make: (onCheck: (result: CheckResult) => void, signal: AbortSignal) => Promise<VerifyReport>,
  { json }: { json: boolean },
): Promise<Verification> {
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  const table = json ? undefined : new Table(process.stdout, names);
  const started = performance.now();
  try {
    const result = await make((check) => table?.add(check), abort.signal);
    if (table) table.end(formatSummary(result, performance.now() - started, table.style));
    else process.stdout.write(`${formatJson(result)}\n`);
    const failed = result.checks.filter(({ ok }) => !ok).map(({ name }) => name);
    return { exitCode: result.ok ? exitCodes.ok : exitCodes.failed, failed };
  } catch (error) {
    table?.end();
    reportUnusable(error, { json });
    return { exitCode: abort.signal.aborted ? interrupted : exitCodes.unusable, failed: [] };
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** Says why nothing could be checked: on stderr for people, as a report that failed for programs. */
export function reportUnusable(error: unknown, { json }: { json: boolean }): void {
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
