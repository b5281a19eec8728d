import { describeError } from "../../services/text";

/** Exit code when nobody reads on, as of a program that the signal of a closed pipe has ended: `ctl logs --follow | head`. */
export const closedPipeCode = 141;

const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

/**
 * Sees to it that output is not lost silently: a full disk is exit code 1, a closed pipe {@link closedPipeCode}; what is beside the output (stderr) may be closed.
 * For programs, a run that was interrupted before its document has one that says so.
 */
export function guardOutput(json: boolean): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(closedPipeCode);
    process.stderr.write(`error: the output cannot be written: ${describeError(error)}\n`);
    process.exit(1);
  });
  if (json) tellOfInterrupt();
}

/** Waits until all is written, or was found not to be. */
export function outputWritten(): Promise<void> {
  return new Promise((resolve) => {
    // An error is told to its listeners a moment after this.
    process.stdout.write("", () => setImmediate(resolve));
  });
}

function tellOfInterrupt(): void {
  const { stdout } = process;
  const write = stdout.write.bind(stdout) as typeof stdout.write;
  let written = false;
  stdout.write = ((...args: Parameters<typeof write>) => {
    written = true;
    return write(...args);
  }) as typeof write;
  for (const [signal, code] of signals) {
    process.on(signal, () => {
      // Others close what they have opened first, or take it for the usual end.
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
  process.on("exit", (code) => {
    if (!written && signals.some(([, one]) => one === code)) {
      write(`${JSON.stringify({ ok: false, error: "interrupted" })}\n`);
    }
  });
}
