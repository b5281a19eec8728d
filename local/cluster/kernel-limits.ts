import * as fs from "node:fs";
import * as path from "node:path";
import { withLock } from "../lock";
import { knownClusters, stateDir, writePrivateFile } from "../state";

/**
 * Limits a user has on the whole machine, and what clusters need of them. A cluster has about 45 inotify instances, Linux
 * grants 128 by default, and a kubelet that gets none ends with "too many open files".
 */
const neededLimits: Readonly<Record<string, number>> = {
  "fs/inotify/max_user_instances": 1024,
  "fs/inotify/max_user_watches": 131072,
};

/** Raises limits that are too low, and remembers what they were. */
export async function raiseKernelLimits(): Promise<void> {
  await exclusively(() => {
    const original = readOriginal();
    for (const [limit, needed] of Object.entries(neededLimits)) {
      const current = fs.readFileSync(limitFile(limit), "utf8").trim();
      if (Number(current) >= needed) continue;
      original[limit] ??= current;
      writePrivateFile(originalFile(), JSON.stringify(original)); // first: a limit raised and forgotten is never put back
      fs.writeFileSync(limitFile(limit), String(needed));
    }
  });
}

/** Puts limits back to what they were before the first cluster, once the last is gone. */
export async function restoreKernelLimits(): Promise<void> {
  await exclusively(() => {
    if (knownClusters().length > 0) return;
    for (const [limit, value] of Object.entries(readOriginal())) {
      const raisedByUs = fs.readFileSync(limitFile(limit), "utf8").trim() === String(neededLimits[limit]);
      if (raisedByUs) fs.writeFileSync(limitFile(limit), value);
    }
    fs.rmSync(originalFile(), { force: true });
  });
}

function exclusively(work: () => void): Promise<void> {
  return withLock(
    originalFile(),
    () => {},
    async () => work(),
  );
}

function readOriginal(): Record<string, string> {
  const file = originalFile();
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Record<string, string>) : {};
}

function originalFile(): string {
  return path.join(stateDir(), "kernel-limits.json");
}

function limitFile(limit: string): string {
  return path.join("/proc/sys", limit);
}
