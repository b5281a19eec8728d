import * as fs from "node:fs";
import * as path from "node:path";
import { waitFor } from "./wait";

const mountPoint = "/sys/fs/cgroup";

/**
 * Makes a cgroup for a node's pods in every hierarchy the kubelet uses.
 * @param name name of the cgroup, below the root
 */
export function makeCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const dir = path.join(hierarchy, name);
    fs.mkdirSync(dir, { recursive: true });
    // In version 1 a new cpuset is empty and takes no process before it is given what its parent has.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (isVersion1() && fs.existsSync(path.join(dir, file))) {
        fs.writeFileSync(path.join(dir, file), fs.readFileSync(path.join(hierarchy, file)));
      }
    }
  }
}

/** Removes a node's cgroups, which must have no process left. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    // A process that has just died still counts for a moment.
    await waitFor(async () => void removeTree(path.join(hierarchy, name)), {
      what: `removing cgroup ${name}`,
      timeoutMs: 10_000,
      intervalMs: 20,
    });
  }
}

/** Whether the host has the old, split hierarchies (also where version 2 is mounted beside them). */
export function isVersion1(): boolean {
  return !fs.existsSync(path.join(mountPoint, "cgroup.controllers"));
}

/** Roots of the hierarchies: the single one of version 2, or one per controller. */
function hierarchies(): string[] {
  if (!isVersion1()) return [mountPoint];
  return fs
    .readdirSync(mountPoint, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(mountPoint, entry.name));
}

function removeTree(dir: string): void {
  if (!fs.existsSync(dir)) return;
  for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(path.join(dir, entry.name));
  }
  fs.rmdirSync(dir);
}
