import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../target";
import { git } from "./git";

/**
 * Writes the files of a commit into a folder, with the packages that they are built on. The repository is only read: neither its work tree nor its index
 * is touched, and no attribute of the commit leaves files out, as it does in an archive.
 * @param folder of its own, that exists
 * @param signal ends it early
 * @param onInstall called when packages have to be installed, which takes a minute
 * @returns the folder of the program
 * @throws Error if packages cannot be installed
 */
export async function checkOut(
  commit: string,
  folder: string,
  signal: AbortSignal,
  onInstall: () => void,
): Promise<string> {
  const top = await git(projectRoot, ["rev-parse", "--show-toplevel"]);
  const prefix = await git(projectRoot, ["rev-parse", "--show-prefix"]);
  const files = join(folder, "files");
  mkdirSync(files);
  const env = { GIT_INDEX_FILE: join(folder, "index") };
  await git(top, ["read-tree", commit], env);
  await git(top, ["checkout-index", "--all", "--quiet", `--prefix=${files}/`], env);
  const root = join(files, prefix);
  const lock = (of: string) => {
    const file = join(of, "package-lock.json");
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  if (lock(root) === lock(projectRoot)) symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  else {
    onInstall();
    await install(root, signal);
  }
  return root;
}

/** What packages would run while they are installed is left out, and so is this environment, which a branch's .npmrc could send away: both are the branch's. */
async function install(root: string, signal: AbortSignal): Promise<void> {
  const { PATH, HOME } = process.env;
  try {
    await promisify(execFile)("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      env: { PATH, HOME },
      signal,
    });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new Error(`its packages cannot be installed: npm ci: ${stderr.trim().split("\n")[0]}`, { cause: error });
  }
}
