/** Ends the process when it is interrupted or told to end, once it has cleared up: what it was at is not finished. */
export function onInterrupt(clear: () => void): void {
  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      clear();
      process.exit(exitCode);
    });
  }
}
