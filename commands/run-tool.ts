import { describeError } from "../services/text";

/** What somebody asked for cannot be asked. */
export class UsageError extends Error {}

/** Runs a command that has options, and ends with its exit code: 1 where it fails, 2 and the usage where it was called wrongly. */
export function runTool(main: () => Promise<number>, usage: string): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const wrong = error instanceof UsageError || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS");
      process.stderr.write(`error: ${describeError(error)}\n${wrong ? `${usage}\n` : ""}`);
      process.exitCode = wrong ? 2 : 1;
    },
  );
}
