import { spawn } from "node:child_process";
import { once } from "node:events";
import { projectRoot } from "../../../commands/target";
import { scripts } from "../../../package.json";
import { cluster } from "./platform";

/** How a command ended, and what it said. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface StartedCommand {
  readonly ended: Promise<CommandResult>;
  /** Does what Ctrl-C does in a terminal. */
  interrupt(): void;
}

/**
 * Starts one of the project's commands on the tests' cluster, as `make <name>` does.
 * @param variables what a user sets before or after `make`, such as `TENANT`
 */
export function startCommand(
  name: string,
  variables: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): StartedCommand {
  const env = { ...process.env, NATS_PLATFORM_CLUSTER: cluster, STACK: "dev", KUBECONTEXT: undefined, ...variables };
  // The script's own process: npm between it and us would end by the signal itself, whatever the command makes of it.
  const file = (scripts[name as keyof typeof scripts] ?? "").split(" ").at(-1) ?? "";
  const options = { cwd: projectRoot, env, stdio: "pipe" } as const;
  const child = spawn(process.execPath, ["--require", "@swc-node/register", file, ...args], options);
  child.stdin.end();
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { ended, interrupt: () => void child.kill("SIGINT") };
}

/** Runs a command to its end, see {@link startCommand}. */
export function command(...args: Parameters<typeof startCommand>): Promise<CommandResult> {
  return startCommand(...args).ended;
}
