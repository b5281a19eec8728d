import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs git in a folder. @throws Error with what git said */
export async function git(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const { stdout } = await run("git", ["-C", folder, ...args], { env: { ...process.env, ...env } });
    return stdout.trim();
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`git ${args[0]}: ${stderr?.trim().split("\n")[0] || message}`, { cause: error });
  }
}

/** A commit, and what it was asked for by. */
export interface Commit {
  readonly id: string;
  readonly name: string;
}

/** @throws Error if there is no such commit, with what helps */
export async function findCommit(folder: string, option: string, name: string): Promise<Commit> {
  // Names that begin with a dash would be options of git's.
  const id = await git(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`]).catch(
    () => "",
  );
  if (id !== "") return { id, name };
  throw new Error(
    `${option} is "${name}", and there is no such commit here: name a branch, tag or commit that git rev-parse knows, or get it with git fetch first`,
  );
}

/** Where the branch that is checked out left main. @throws Error if that cannot be told */
export async function mergeBase(folder: string, head: string): Promise<Commit> {
  for (const main of ["origin/main", "main"]) {
    const id = await git(folder, ["merge-base", main, head]).catch(() => "");
    if (id !== "") return { id, name: `merge base with ${main}` };
  }
  throw new Error(
    "there is neither origin/main nor main to compare with: name what the branch is to be merged into by --base",
  );
}
