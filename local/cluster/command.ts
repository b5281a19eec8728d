import { spawn } from "node:child_process";

/** Output of a program that ended with exit code 0. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end.
 * @param input text for its standard input; none by default
 * @throws {Error} if it cannot be started or ends with another code than 0; the message has the command and the end of what it said
 */
export async function run(command: string, args: readonly string[], input?: string): Promise<CommandOutput> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => {}); // a program that ends without reading is judged by its exit code
  child.stdin.end(input ?? "");
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once("close", (exitCode, signal) => resolve(exitCode ?? signal ?? "unknown"));
  });
  if (code === 0) return { stdout, stderr };
  throw new Error(`\`${[command, ...args].join(" ")}\` ended with ${code}: ${lastLines(stderr || stdout, 5)}`);
}

/** Like {@link run}, but tells failure by returning false. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}

/** The last lines of a text, trimmed. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split("\n").slice(-count).join("\n");
}
