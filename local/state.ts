import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Folders and files of one local cluster, all below its `root`. */
export interface ClusterPaths {
  /** `<state>/clusters/<name>` */
  readonly root: string;
  /** kubeconfig file; its context is `nats-platform-<name>`. */
  readonly kubeconfig: string;
  /** Folder of certificates and keys. */
  readonly pki: string;
  /** Folder of the logs of every process of the cluster. */
  readonly logs: string;
  /** Folder of pid files. */
  readonly pids: string;
  /** Folder for what the cluster keeps about imported images. */
  readonly images: string;
  /** Folder of Pulumi's file backend and the stack passphrase. */
  readonly pulumi: string;
}

/** Highest cluster index: pod networks are 10.(244+i).0.0/16 and 10.255 belongs to the nodes. */
export const maxClusterIndex = 10;

/** Indexes nobody else is given, so that the user's cluster and the tests' keep their addresses. */
const reservedIndexes: Readonly<Record<string, number>> = { dev: 0, e2e: 1 };

const clusterNamePattern = /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** Folder of everything that can be built again: `$NATS_PLATFORM_CACHE`, `$XDG_CACHE_HOME/nats-platform` or `~/.cache/nats-platform`. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return baseDir(env, "NATS_PLATFORM_CACHE", "XDG_CACHE_HOME", ".cache");
}

/** Folder of what must survive: `$NATS_PLATFORM_STATE`, `$XDG_STATE_HOME/nats-platform` or `~/.local/state/nats-platform`. */
export function stateDir(env: NodeJS.ProcessEnv = process.env): string {
  return baseDir(env, "NATS_PLATFORM_STATE", "XDG_STATE_HOME", ".local/state");
}

/**
 * Name of the local cluster commands work on: `$NATS_PLATFORM_CLUSTER`, else `dev`.
 * @throws {Error} if it is not a DNS label of at most 32 characters
 */
export function clusterName(env: NodeJS.ProcessEnv = process.env): string {
  return validClusterName(env.NATS_PLATFORM_CLUSTER || "dev");
}

/**
 * Where the files of a cluster are. Only names paths; {@link makeClusterFolders} creates the folders.
 * @throws {Error} if the name is not a DNS label of at most 32 characters
 */
export function clusterPaths(name: string): ClusterPaths {
  const root = path.join(stateDir(), "clusters", validClusterName(name));
  return {
    root,
    kubeconfig: path.join(root, "kubeconfig"),
    pki: path.join(root, "pki"),
    logs: path.join(root, "logs"),
    pids: path.join(root, "pids"),
    images: path.join(root, "images"),
    pulumi: path.join(root, "pulumi"),
  };
}

/** Creates the folders of a cluster, readable by the owner only, and returns their paths. Does nothing to those that exist. */
export function makeClusterFolders(name: string): ClusterPaths {
  const paths = clusterPaths(name);
  for (const dir of [paths.root, paths.pki, paths.logs, paths.pids, paths.images, paths.pulumi]) makePrivateDir(dir);
  return paths;
}

/** Names of the clusters that have a folder in the state, sorted. */
export function knownClusters(): string[] {
  const dir = path.join(stateDir(), "clusters");
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Index of a cluster, from which its addresses, bridge and network namespaces derive: dev 0, e2e 1, any other the lowest free one,
 * kept until {@link releaseClusterIndex}.
 * @throws {Error} if all indexes are taken; the message names the clusters that hold them
 */
export function clusterIndex(name: string): number {
  const reserved = reservedIndexes[validClusterName(name)];
  if (reserved !== undefined) return reserved;
  const dir = indexDir();
  makePrivateDir(dir);
  for (;;) {
    const holders = indexHolders(dir);
    const own = [...holders].find(([, holder]) => holder === name);
    if (own) return own[0];
    const free = freeIndex(holders);
    if (free === undefined) {
      throw new Error(
        `no address range is left for cluster "${name}": ${[...holders.values()].join(", ")} hold all of them; take one down first`,
      );
    }
    // Another process may take the same index between the look and the claim: then look again.
    if (createExclusive(path.join(dir, String(free)), name)) return free;
  }
}

/** Gives the index of a cluster that is gone back to others. Reserved and unknown names are left alone. */
export function releaseClusterIndex(name: string): void {
  for (const [index, holder] of indexHolders(indexDir())) {
    if (holder === name) fs.rmSync(path.join(indexDir(), String(index)), { force: true });
  }
}

/** Creates a folder (and its parents) with mode 0700. An existing one is made private too. */
export function makePrivateDir(dir: string): void {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  if ((fs.statSync(dir).mode & 0o077) !== 0) fs.chmodSync(dir, 0o700);
}

/** Writes a file with mode 0600 so that a reader sees the old content or the new one, never a part. Creates its folder. */
export function writePrivateFile(file: string, content: string | Uint8Array): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = partialName(file);
  try {
    fs.writeFileSync(partial, content, { mode: 0o600, flag: "wx", flush: true });
    fs.renameSync(partial, file);
  } finally {
    fs.rmSync(partial, { force: true });
  }
}

/**
 * Creates a file with mode 0600 and its whole content at once, unless it exists.
 * @returns whether this call created it
 */
export function createExclusive(file: string, content: string): boolean {
  const partial = partialName(file);
  try {
    fs.writeFileSync(partial, content, { mode: 0o600, flag: "wx" });
    fs.linkSync(partial, file); // unlike open with O_EXCL, nobody can read it while it is still empty
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    fs.rmSync(partial, { force: true });
  }
}

function baseDir(env: NodeJS.ProcessEnv, own: string, xdg: string, fallback: string): string {
  const chosen = env[own];
  if (chosen) return path.resolve(chosen);
  // The XDG specification: a relative path is invalid and must be ignored.
  const base = env[xdg];
  const parent = base && path.isAbsolute(base) ? base : path.join(env.HOME || os.homedir(), fallback);
  return path.join(parent, "nats-platform");
}

function validClusterName(name: string): string {
  if (clusterNamePattern.test(name)) return name;
  throw new Error(
    `cluster name "${name}" is not accepted: lower-case letters, digits and hyphens, starting with a letter, at most 32 characters`,
  );
}

function indexDir(): string {
  return path.join(stateDir(), "indexes");
}

function indexHolders(dir: string): Map<number, string> {
  const holders = new Map<number, string>();
  if (!fs.existsSync(dir)) return holders;
  for (const file of fs.readdirSync(dir).sort((a, b) => Number(a) - Number(b))) {
    if (/^\d+$/.test(file)) holders.set(Number(file), fs.readFileSync(path.join(dir, file), "utf8").trim());
  }
  return holders;
}

function freeIndex(holders: ReadonlyMap<number, string>): number | undefined {
  const first = Object.keys(reservedIndexes).length;
  for (let index = first; index <= maxClusterIndex; index++) if (!holders.has(index)) return index;
  return undefined;
}

function partialName(file: string): string {
  return `${file}.partial-${process.pid}-${randomBytes(4).toString("hex")}`;
}
