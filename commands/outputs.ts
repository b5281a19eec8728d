import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { notUp, saidBy, workspace } from "./pulumi-cli";
import type { Target } from "./target";

const run = promisify(execFile);

/**
 * Values of some of the stack's outputs, by name, secret ones among them.
 * By the CLI itself: the Automation API asks it four times, and loads the whole program first.
 * @throws if the stack has not been brought up, or Pulumi cannot read it
 */
export async function stackOutputs<Name extends string>(
  target: Target,
  ...names: readonly Name[]
): Promise<Record<Name, unknown>> {
  const outputs = await readOutputs(target);
  if (names.some((name) => outputs[name] === undefined)) throw notUp(target.stack);
  return Object.fromEntries(names.map((name) => [name, outputs[name]])) as Record<Name, unknown>;
}

async function readOutputs(target: Target): Promise<Readonly<Record<string, unknown>>> {
  const { workDir: cwd, envVars } = await workspace(target, {}, "");
  const args = ["stack", "output", "--json", "--show-secrets", "--non-interactive", "--stack", target.stack];
  try {
    const { stdout } = await run("pulumi", args, { cwd, env: { ...process.env, ...envVars }, maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    if (/no stack named/.test(stderr)) throw notUp(target.stack, error);
    // Not the error itself as a cause: it carries all that the CLI has printed.
    throw new Error(`pulumi cannot read the outputs of stack "${target.stack}": ${saidBy(stderr || error)}`);
  }
}
