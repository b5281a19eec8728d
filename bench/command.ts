import { spawn } from "node:child_process";
import { projectRoot } from "../commands/target";
import { childrenCpuSeconds, MemoryWatch } from "./processes";

/** How a program is run. */
export interface CommandOptions {
  /** Changes to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input. */
  readonly input?: string;
  /** Show what it writes to standard error. @default only when it fails */
  readonly showErrors?: boolean;
  /** Ends it, and everything it has started. */
  readonly signal: AbortSignal;
}

/** What became of a program that ended with exit code 0. */
export interface CommandResult {
  readonly stdout: string;
  /** When it was started, milliseconds since 1970. */
  readonly startedAt: number;
  /** From its start to its end. */
  readonly seconds: number;
  /** The most memory that it and everything it has started had at a time. */
  readonly peakMiB: number;
  /** Seconds that processors worked for it and what it has started and waited for; right when it is run alone. */
  readonly cpuSeconds: number;
}

/** What running a program took. */
export type Cost = Pick<CommandResult, "seconds" | "peakMiB" | "cpuSeconds">;

/** No command measured here takes nearly as long, cold builds apart. */
const timeoutMs = 30 * 60_000;

/** How long a command that is told to end may take to do so, in milliseconds. */
const graceMs = 15_000;

/** Runs a program of this project, by the path of its file in it; see {@link runCommand}. */
export function runProgram(args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(process.execPath, ["--require", "@swc-node/register", ...args], options);
}

/**
 * Runs a program of this project's folder to its end, as a person would.
 * @throws {Error} if it ends with another code than 0, with the end of what it said; or with the reason of the aborted signal
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  const cpuBefore = childrenCpuSeconds();
  const startedAt = Date.now();
  const started = performance.now();
  // A process group of its own: everything it starts can be ended with it, and Ctrl-C reaches it through us only.
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: environment(options.env ?? {}),
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  const [stdout, output]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout.push(chunk);
    output.push(chunk);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output.push(chunk);
    if (options.showErrors) process.stderr.write(chunk);
  });
  child.stdin.on("error", () => {}); // it may end without having read
  child.stdin.end(options.input ?? "");
  const exit = new Promise<number | string>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${command} could not be started: ${error.message}`)));
    child.once("close", (code, killedBy) => resolve(code ?? killedBy ?? "unknown"));
  });
  const stop = () => endGroup(child.pid);
  signal.addEventListener("abort", stop, { once: true });
  const memory = new MemoryWatch(child.pid);
  const code = await exit.finally(() => {
    signal.removeEventListener("abort", stop);
    memory.stop();
  });
  signal.throwIfAborted();
  if (code !== 0) {
    const said = Buffer.concat(output).toString("utf8").trimEnd().split("\n").slice(-25).join("\n");
    throw new Error(`\`${[command, ...args].join(" ")}\` ended with ${code}:\n${said}`);
  }
  const seconds = (performance.now() - started) / 1000;
  const cpuSeconds = childrenCpuSeconds() - cpuBefore;
  return { stdout: Buffer.concat(stdout).toString("utf8"), startedAt, seconds, peakMiB: memory.peakMiB, cpuSeconds };
}

/** What `make` tells its children must not reach a `make` that we start. */
const makeVariables = ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"];

function environment(changes: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...changes };
  for (const name of makeVariables) delete env[name];
  for (const [name, value] of Object.entries(changes)) if (value === undefined) delete env[name];
  return env;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  signalGroup(pid, "SIGINT");
  setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}
