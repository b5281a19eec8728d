import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { findOfficial } from "./official";
import { linkDir, moduleDir, toolDir } from "./paths";
import type { ToolSpec } from "./table";

/** Where the binaries of a tool come from: built from its module, or installed on this machine by its makers. */
export interface Installation {
  readonly source: "built" | "official";
  /** Absolute path of each binary. */
  readonly files: Readonly<Record<string, string>>;
}

/** File in a tool's folder that says what it was built from. Written last: with it, the folder is complete. */
export const inputsFile = ".inputs";

/** Finds a tool that needs no build: built before from the same inputs, or an official one on PATH. */
export async function findInstallation(spec: ToolSpec): Promise<Installation | undefined> {
  return builtInstallation(spec) ?? (await officialInstallation(spec));
}

/** Digest of all that decides what is built: pinned modules, packages, version stamps, architecture. */
export function buildInputs(spec: ToolSpec): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum"]) hash.update(fs.readFileSync(path.join(moduleDir(spec), file)));
  return hash.update(JSON.stringify([spec.binaries, spec.stamps ?? [], process.arch])).digest("hex");
}

/** Links the binaries of a tool to where they are called, in place of an older version's links. */
export function linkBinaries(spec: ToolSpec, installation: Installation): void {
  const dir = linkDir(spec);
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const [binary, file] of Object.entries(installation.files)) {
    const link = path.join(dir, binary);
    if (linkTarget(link) === file) continue;
    const partial = `${link}.partial-${randomBytes(4).toString("hex")}`;
    fs.symlinkSync(file, partial);
    fs.renameSync(partial, link);
  }
}

function builtInstallation(spec: ToolSpec): Installation | undefined {
  const dir = toolDir(spec);
  const inputs = path.join(dir, inputsFile);
  if (!fs.existsSync(inputs) || fs.readFileSync(inputs, "utf8") !== buildInputs(spec)) return undefined;
  const files = Object.fromEntries(Object.keys(spec.binaries).map((binary) => [binary, path.join(dir, binary)]));
  return Object.values(files).every((file) => fs.existsSync(file)) ? { source: "built", files } : undefined;
}

async function officialInstallation(spec: ToolSpec): Promise<Installation | undefined> {
  const files = await findOfficial(spec);
  return files && { source: "official", files };
}

function linkTarget(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined; // not there yet, or not a link
  }
}
