import { fork } from "node:child_process";
import { join } from "node:path";
import { readPolicyConfig } from "./policy-config";
import type { ProgramFacts, ProgramRequest, SideFacts } from "./program/facts";
import { stackRequests } from "./requests";

/** Milliseconds that a side may take. */
const longest = 600_000;

/**
 * Runs all stacks that a version of the program has files of, in a process of its own that is given none of our environment.
 * @param root folder of the version, with its packages
 * @param home folder that the process may write to
 * @param signal ends it early
 * @throws Error if a file of a stack or of the policies cannot be read, or the program does not load, dies, or does not end
 */
export async function evaluateSide(root: string, home: string, signal: AbortSignal): Promise<SideFacts> {
  const { gaps, ...request } = stackRequests(root);
  const policies = readPolicyConfig(root);
  const facts = await ask({ root, ...request }, home, signal);
  return { ...facts, gaps: [...gaps, ...facts.gaps], policies };
}

function ask(request: ProgramRequest, home: string, signal: AbortSignal): Promise<ProgramFacts> {
  const { PATH = "" } = process.env;
  const child = fork(join(__dirname, "program", "main.ts"), {
    cwd: request.root,
    env: { PATH, HOME: home, TMPDIR: home },
    execArgv: ["--require", require.resolve("@swc-node/register")],
    // What the program prints is for nobody.
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    signal,
  });
  return new Promise<ProgramFacts>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the program does not end within ${longest / 1_000} s`)), longest);
    child.once("message", (answer: { facts?: ProgramFacts; error?: string }) => {
      clearTimeout(timer);
      if (answer.facts) resolve(answer.facts);
      else reject(new Error(answer.error ?? "the program answered nothing"));
    });
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reject(new Error(`the program ended with ${signal ?? `exit code ${code}`} before it was through`));
    });
    child.send(request);
  }).finally(() => child.kill("SIGKILL"));
}
