/**
 * Runs a command's main function and ends the process as people and scripts expect:
 * an error is one message on stderr and exit code 1, without a stack trace unless `DEBUG` is set.
 */
export function run(main: () => Promise<number | undefined>): void {
  main().then(
    (code) => {
      process.exitCode = code ?? 0;
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`error: ${process.env.DEBUG && error instanceof Error ? error.stack : message}\n`);
      process.exitCode = 1;
    },
  );
}
