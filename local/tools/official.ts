import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isStaticElf } from "./elf";
import { toolsDir } from "./paths";
import { type ToolSpec, toolSpec, type VersionProbe } from "./table";

const probeTimeoutMs = 10_000;

/**
 * Finds an official installation of a tool on PATH: all of its binaries, each reporting the right version.
 * @returns the absolute path of each binary, or undefined if one is missing, of another version, or unfit for images
 */
export async function findOfficial(spec: ToolSpec): Promise<Record<string, string> | undefined> {
  const files: Record<string, string> = {};
  for (const binary of Object.keys(spec.binaries)) {
    const file = searchPath(binary);
    if (!file || (spec.static && !isStaticElf(file))) return undefined;
    files[binary] = file;
  }
  if (spec.comesWith) return (await broughtAlong(spec.comesWith, files)) ? files : undefined;
  const { probe } = spec;
  if (!probe) return undefined;
  const fits = await Promise.all(
    Object.entries(files).map(async ([binary, file]) =>
      versionFits(probe, await output(file, probe.argsOf?.[binary] ?? probe.args), spec.version),
    ),
  );
  return fits.every(Boolean) ? files : undefined;
}

/** Whether what a binary printed shows the version wanted, or a newer one where the probe accepts that. */
export function versionFits(probe: VersionProbe, printed: string, wanted: string): boolean {
  const found = probe.pattern.exec(printed)?.[1];
  if (found === undefined) return false;
  const exact = wanted.replace(/^v/, "");
  return found === exact || (probe.newerAccepted === true && isNewer(found, exact));
}

/** Whether version `a` is a release after `b` (`major.minor.patch`; a pre-release counts as older than any release). */
export function isNewer(a: string, b: string): boolean {
  if (/-/.test(a)) return false;
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}

/** Absolute path of a program on PATH, not counting what this project has built. */
export function searchPath(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  for (const dir of (env.PATH ?? "").split(":")) {
    const file = path.join(dir, program);
    if (path.isAbsolute(dir) && isExecutable(file) && !isOurs(file)) return file;
  }
  return undefined;
}

async function broughtAlong(name: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  const main = await findOfficial(toolSpec(name));
  const folders = new Set(Object.values(main ?? {}).map(realFolder));
  return Object.values(files).every((file) => folders.has(realFolder(file)));
}

function realFolder(file: string): string {
  return path.dirname(fs.realpathSync(file));
}

function isOurs(file: string): boolean {
  const dir = toolsDir();
  return fs.existsSync(dir) && fs.realpathSync(file).startsWith(`${fs.realpathSync(dir)}/`);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What a program prints; nothing if it cannot be run. Some print their version on standard error. */
function output(file: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return new Promise((resolve) => {
    const child = execFile(file, args, { env, timeout: probeTimeoutMs }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
    child.stdin?.end();
  });
}

function numbers(version: string): number[] {
  return version.split(/[.+-]/).map(Number);
}
