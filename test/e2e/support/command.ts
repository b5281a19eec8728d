import { spawn } from "node:child_process";
import { once } from "node:events";
import { projectRoot } from "../../../commands/target";
import { cluster } from "./platform";

/** How a command ended, and what it said. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of the project's commands on the tests' cluster, as `make <name>` does.
 * @param variables what a user sets before or after `make`, such as `TENANT`
 */
export async function command(
  name: string,
  variables: Readonly<Record<string, string>> = {},
  ...args: readonly string[]
): Promise<CommandResult> {
  const env = { ...process.env, NATS_PLATFORM_CLUSTER: cluster, STACK: "dev", KUBECONTEXT: undefined, ...variables };
  const child = spawn("npm", ["run", "--silent", name, "--", ...args], { cwd: projectRoot, env, stdio: "pipe" });
  child.stdin.end();
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}
