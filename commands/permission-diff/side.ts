import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { findStacks } from "../policy/stacks";
import { projectName } from "../workspace";
import type { ProgramRequest, SideFacts, StackRequest } from "./program/facts";

/** Milliseconds that a side may take. */
const longest = 300_000;

/** Values of an operator of one's own. Where one of them is encrypted, all are left out: they are of no use without each other. */
const ownOperator = ["operatorJwt", "operatorSigningKey", "systemAccountJwt", "systemAccountSigningKey"];

/**
 * Runs all stacks that a version of the program has files of, in a process of its own that is given none of our environment.
 * @param root folder of the version, with its packages
 * @param home folder that the process may write to
 * @throws Error if the program does not load, dies, or does not end
 */
export async function evaluateSide(root: string, home: string): Promise<SideFacts> {
  const gaps: string[] = [];
  const declared = declaredDefaults(root);
  const stacks = findStacks(root).map(({ name, environment, config }): StackRequest => {
    const { values, left } = readable(config);
    if (left.length > 0) gaps.push(`${name}: ${left.join(", ")} of Pulumi.${name}.yaml: encrypted, and not read`);
    return { name, environment: environment ?? name, config: { ...declared, ...values } };
  });
  const facts = await ask({ root, project: projectName, stacks }, home);
  return { ...facts, gaps: [...gaps, ...facts.gaps] };
}

/** Every key of the project has its default, in every stack, as Pulumi does it. */
function declaredDefaults(root: string): Record<string, string> {
  const { config = {} } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config?: Record<string, { default?: unknown }>;
  };
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, { default: value }]) => value !== undefined)
      .map(([key, { default: value }]) => [`${projectName}:${key}`, text(value)]),
  );
}

/** The values that can be read without a passphrase, without those that say which cluster it is; and the keys of the others. */
function readable(config: Readonly<Record<string, unknown>>): { values: Record<string, string>; left: string[] } {
  const own = Object.entries(config).filter(([key]) => key.startsWith(`${projectName}:`));
  const encrypted = own.filter(([, value]) => isEncrypted(value)).map(([key]) => key.slice(projectName.length + 1));
  const left = encrypted.some((key) => ownOperator.includes(key))
    ? [...new Set([...encrypted, ...ownOperator])]
    : encrypted;
  const kept = own.filter(([key]) => !left.includes(key.slice(projectName.length + 1)));
  return { values: Object.fromEntries(kept.map(([key, value]) => [key, text(value)])), left };
}

function isEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(isEncrypted);
}

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function ask(request: ProgramRequest, home: string): Promise<SideFacts> {
  const { PATH = "" } = process.env;
  const child = fork(join(__dirname, "program", "main.ts"), {
    cwd: request.root,
    env: { PATH, HOME: home, TMPDIR: home },
    execArgv: ["--require", require.resolve("tsx/cjs")],
    // What the program prints is for nobody.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  return new Promise<SideFacts>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the program does not end within ${longest / 1_000} s`)), longest);
    child.once("message", (answer: { facts?: SideFacts; error?: string }) => {
      clearTimeout(timer);
      if (answer.facts) resolve(answer.facts);
      else reject(new Error(answer.error ?? "the program answered nothing"));
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the program ended with ${signal ?? `exit code ${code}`} before it was through`));
    });
    child.send(request);
  }).finally(() => child.kill("SIGKILL"));
}
