import * as fs from "node:fs";
import * as path from "node:path";
import { toolsDir } from "./paths";
import { type ToolSpec, toolTable } from "./table";
import type { Toolchain } from "./toolchain";

const gibibyte = 1024 ** 3;

/** Space a cold build of all tools fills, bytes, as measured: compiled packages, module sources, binaries with the linker's temporary files. */
const coldBytes = { buildCache: 6 * gibibyte, moduleCache: 4 * gibibyte, tools: 2 * gibibyte };

/** A folder builds write to, and how much. */
export interface DiskNeed {
  readonly dir: string;
  /** Bytes. */
  readonly bytes: number;
}

/** What building these tools takes in which folder: their share of a cold build of all, by build time. */
export function diskNeeds(specs: readonly ToolSpec[], toolchain: Toolchain): DiskNeed[] {
  const seconds = (rows: readonly ToolSpec[]) => rows.reduce((sum, row) => sum + row.coldSeconds, 0);
  const share = seconds(specs) / seconds(toolTable);
  return [
    { dir: toolchain.buildCache, bytes: coldBytes.buildCache * share },
    { dir: toolchain.moduleCache, bytes: coldBytes.moduleCache * share },
    { dir: toolsDir(), bytes: coldBytes.tools * share },
  ];
}

/**
 * Stops before a build that would fill a disk.
 * @param freeBytes free space of the file system a folder is on, and something that tells file systems apart
 * @throws {Error} naming the folders, what they need, what is free, and what to do
 */
export function checkDisk(needs: readonly DiskNeed[], freeBytes: (dir: string) => FreeSpace = freeSpace): void {
  const byFileSystem = new Map<number, { dirs: string[]; bytes: number; free: number }>();
  for (const { dir, bytes } of needs) {
    const { fileSystem, free } = freeBytes(dir);
    const sum = byFileSystem.get(fileSystem) ?? { dirs: [], bytes: 0, free };
    sum.dirs.push(dir);
    sum.bytes += bytes;
    byFileSystem.set(fileSystem, sum);
  }
  for (const { dirs, bytes, free } of byFileSystem.values()) {
    if (free >= bytes) continue;
    throw new Error(
      `too little disk space to build the tools: about ${gib(bytes)} GiB are needed below ${dirs.join(", ")}, ${gib(free)} GiB are free. ` +
        "Free some (`go clean -cache` empties Go's build cache), or put them elsewhere with NATS_PLATFORM_CACHE, GOCACHE and GOMODCACHE.",
    );
  }
}

/** Free space for this user on one file system. */
export interface FreeSpace {
  /** Number of the device. */
  readonly fileSystem: number;
  /** Bytes. */
  readonly free: number;
}

function freeSpace(dir: string): FreeSpace {
  if (!fs.existsSync(dir)) return freeSpace(path.dirname(dir));
  const { bavail, bsize } = fs.statfsSync(dir);
  return { fileSystem: fs.statSync(dir).dev, free: bavail * bsize };
}

function gib(bytes: number): string {
  return (bytes / gibibyte).toFixed(1);
}
