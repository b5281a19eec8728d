import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { cacheDir } from "../state";
import { buildRemedy } from "./build";
import { moduleDir } from "./paths";
import { findToolchain, goEnvironment } from "./toolchain";

/** A Go module of which files are used as they are. Nothing of it is built; `modules/<name>/go.mod` and `go.sum` pin it like a tool's. */
export interface SourceSpec {
  /** Name, and folder below `modules/`. */
  readonly name: string;
  readonly module: string;
  /** Version of the module with its leading `v`. */
  readonly version: string;
  /** What its download takes, for people. */
  readonly download: string;
}

/** Every such module. */
export const sourceTable = {
  cilium: { name: "cilium", module: "github.com/cilium/cilium", version: "v1.20.2", download: "40 MB, once" },
} as const satisfies Readonly<Record<string, SourceSpec>>;

/**
 * Makes a file of a module ready: Go downloads the module and holds it against the checksum in its `go.sum`. A copy is kept in `<cache>/sources`, so that
 * neither Go nor the network is asked again.
 * @param file path within the module
 * @param progress told before a download
 * @returns absolute path of the copy
 * @throws {Error} if there is no Go, the module cannot be downloaded, or is not the one that was pinned
 */
export async function ensureSourceFile(
  source: SourceSpec,
  file: string,
  progress: (message: string) => void = () => {},
): Promise<string> {
  const kept = path.join(cacheDir(), "sources", `${source.name}-${source.version}`, path.basename(file));
  if (fs.existsSync(kept)) return kept;
  const { go } = findToolchain([source]);
  progress(`downloading the sources of ${source.name} ${source.version} (${source.download})`);
  const folder = await downloadModule(source, go);
  fs.mkdirSync(path.dirname(kept), { recursive: true, mode: 0o700 });
  const partial = `${kept}.partial-${randomBytes(4).toString("hex")}`;
  fs.copyFileSync(path.join(folder, file), partial);
  fs.renameSync(partial, kept);
  return kept;
}

/** @returns the module's folder in Go's module cache */
async function downloadModule(source: SourceSpec, go: string): Promise<string> {
  const options = { cwd: moduleDir(source), env: goEnvironment() };
  try {
    const { stdout } = await promisify(execFile)(go, ["mod", "download", "-json", source.module], options);
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    const { stdout = "", stderr = "", message = "" } = error as { stdout?: string; stderr?: string; message?: string };
    const said = [reasonIn(stdout), stderr.trim()].filter(Boolean).join("\n") || message;
    throw new Error(
      `downloading the sources of ${source.name} ${source.version} failed:\n${said.replace(/^/gm, "  ")}\n${buildRemedy(said)}`,
    );
  }
}

/** Go tells some failures in the JSON it prints. */
function reasonIn(stdout: string): string {
  try {
    return (JSON.parse(stdout) as { Error?: string }).Error ?? "";
  } catch {
    return "";
  }
}
