import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { buildInputs, inputsFile } from "./installation";
import { buildLog, moduleDir, toolDir } from "./paths";
import type { ToolSpec } from "./table";
import { goEnvironment } from "./toolchain";

/** What a running build needs from its caller. */
export interface BuildContext {
  /** Absolute path of `go`. */
  readonly go: string;
  /** Ends the build: the compiler and all its helpers are killed. */
  readonly signal: AbortSignal;
  /** Called for every package compiled. Packages found in Go's build cache are not counted. */
  readonly onPackage: () => void;
}

const shownLines = 15;

/**
 * Builds a tool into its folder, which appears only when complete. What Go has compiled stays in its build cache, so a build
 * that failed or was interrupted goes on where it stopped.
 * @throws {Error} naming the tool, with the last lines of the compiler's output and the file that holds all of it
 */
export async function buildTool(spec: ToolSpec, context: BuildContext): Promise<void> {
  const dir = toolDir(spec);
  removeAbandoned(dir);
  const partial = `${dir}.partial-${process.pid}`;
  const temporary = path.join(partial, "tmp");
  fs.mkdirSync(temporary, { recursive: true, mode: 0o700 });
  try {
    await goBuild(spec, `${partial}/`, temporary, context);
    fs.rmSync(temporary, { recursive: true });
    for (const [binary, pkg] of Object.entries(spec.binaries)) {
      const file = path.join(partial, binary);
      if (executableName(pkg) !== binary) fs.renameSync(path.join(partial, executableName(pkg)), file);
      syncToDisk(file); // else a power loss may leave an empty file under the final name
    }
    fs.writeFileSync(path.join(partial, inputsFile), buildInputs(spec));
    replaceFolder(partial, dir);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
}

/** Name `go build` gives the executable of a main package: the last element of its path that is not a major version. */
export function executableName(pkg: string): string {
  const elements = pkg.split("/");
  const last = elements.at(-1) ?? pkg;
  return /^v\d+$/.test(last) ? (elements.at(-2) ?? last) : last;
}

/** What to do about a failed build, where its output tells. */
export function buildRemedy(output: string): string {
  if (/no space left on device/.test(output)) return "Free some disk space, then run the command again.";
  if (/signal: killed|cannot allocate memory|out of memory/.test(output)) {
    return "The machine ran out of memory: end other programs, then run the command again.";
  }
  if (/dial tcp|i\/o timeout|connection re(set|fused)|TLS handshake|no such host|\b(403|404|410|5\d\d) /.test(output)) {
    return "A Go module could not be downloaded: check the network, and the module proxy GOPROXY names, then run the command again.";
  }
  return "Run the command again once the cause is removed; what was compiled is kept.";
}

async function goBuild(spec: ToolSpec, output: string, temporary: string, context: BuildContext): Promise<void> {
  const linkerFlags = ["-s", "-w", ...(spec.stamps ?? []).map((stamp) => `-X ${stamp}`)].join(" ");
  const flags = ["-v", "-mod=readonly", "-trimpath", "-buildvcs=false", `-ldflags=${linkerFlags}`];
  const { signal } = context;
  signal.throwIfAborted();
  const child = spawn(context.go, ["build", ...flags, "-o", output, ...Object.values(spec.binaries)], {
    cwd: moduleDir(spec),
    env: { ...goEnvironment(), GOTMPDIR: temporary },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true, // a group of its own, so that the compilers can be ended with it
  });
  const kill = () => killGroup(child);
  signal.addEventListener("abort", kill, { once: true });
  process.once("exit", kill);
  try {
    const ended = new Promise<number | string>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killedBy) => resolve(code === null ? `killed by ${killedBy}` : code));
    });
    const [how, lastLines] = await Promise.all([ended, followOutput(spec, child, context.onPackage)]);
    signal.throwIfAborted();
    if (how !== 0) throw buildError(spec, typeof how === "number" ? `exit code ${how}` : how, lastLines);
  } finally {
    process.removeListener("exit", kill);
    signal.removeEventListener("abort", kill);
  }
}

/** Keeps the output of a build in its log, counts packages, and returns the last lines that are messages. */
async function followOutput(spec: ToolSpec, child: ChildProcess, onPackage: () => void): Promise<string[]> {
  fs.mkdirSync(path.dirname(buildLog(spec)), { recursive: true, mode: 0o700 });
  const log = fs.createWriteStream(buildLog(spec));
  const written = finished(log).catch(() => {}); // a full disk, say: the build itself will tell
  const messages: string[] = [];
  const follow = async (stream: Readable | null) => {
    if (!stream) return;
    for await (const line of createInterface({ input: stream })) {
      log.write(`${line}\n`);
      if (isPackage(line)) onPackage();
      else messages.push(line);
      if (messages.length > shownLines) messages.shift();
    }
  };
  await Promise.all([follow(child.stdout), follow(child.stderr)]);
  log.end();
  await written;
  return messages;
}

function buildError(spec: ToolSpec, how: string, lastLines: readonly string[]): Error {
  const output = lastLines.join("\n");
  return new Error(
    `building ${spec.name} ${spec.version} failed (go build: ${how}). The last lines of ${buildLog(spec)}:\n${output.replace(/^/gm, "  ")}\n${buildRemedy(output)}`,
  );
}

/** With -v, go prints the import path of each package as it is compiled; everything else is a message. */
function isPackage(line: string): boolean {
  return /^[\w.~-]+(\/[\w.~+-]+)*$/.test(line);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}

/** Removes what builds of processes that are gone left behind. */
function removeAbandoned(dir: string): void {
  const prefix = `${path.basename(dir)}.partial`;
  if (!fs.existsSync(path.dirname(dir))) return;
  for (const name of fs.readdirSync(path.dirname(dir))) {
    const pid = Number(/-(\d+)$/.exec(name.slice(prefix.length))?.[1]);
    if (name.startsWith(prefix) && !fs.existsSync(`/proc/${pid}`)) {
      fs.rmSync(path.join(path.dirname(dir), name), { recursive: true, force: true });
    }
  }
}

function replaceFolder(partial: string, dir: string): void {
  const old = `${partial}-old`;
  if (fs.existsSync(dir)) fs.renameSync(dir, old);
  fs.renameSync(partial, dir);
  fs.rmSync(old, { recursive: true, force: true });
}

function syncToDisk(file: string): void {
  const fd = fs.openSync(file, "r");
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
