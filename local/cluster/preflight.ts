import * as fs from "node:fs";
import * as path from "node:path";
import { missingPrograms, packagesOf } from "../debian";
import { run } from "./command";
import type { ClusterLayout } from "./layout";
import { machineProcess } from "./machine";
import { ownerOf } from "./network";

const gibibyte = 1024 ** 3;

/** Free memory a cluster with a three-server platform is given, bytes. */
export const neededMemory = 2 * gibibyte;

/** Free disk images, etcd and the first volumes are given, bytes. */
export const neededDisk = 5 * gibibyte;

/** What is known of the machine before a cluster is started on it. */
export interface MachineFacts {
  /** Effective user id. */
  readonly uid: number;
  readonly platform: string;
  /** Programs the cluster calls that are not on PATH. */
  readonly missingPrograms: readonly string[];
  /** Whether they can be installed without asking anybody. */
  readonly canInstall: boolean;
  /** Memory that can be had without swapping, bytes. */
  readonly availableMemory: number;
  /** Free space where the cluster's state goes, bytes. */
  readonly freeDisk: number;
  /** Folder that space was measured at. */
  readonly diskPath: string;
  /** Interfaces of the host: name, alias (`""` if none). */
  readonly interfaces: readonly { readonly name: string; readonly alias: string }[];
  /** Networks the host has a route to, CIDR, with the interface. */
  readonly routes: readonly { readonly cidr: string; readonly device: string }[];
  /** Names of file systems the kernel has. */
  readonly filesystems: readonly string[];
  /** Whether cgroups are mounted at /sys/fs/cgroup. */
  readonly cgroups: boolean;
}

/**
 * Stops before anything is started if the machine cannot run the cluster.
 * @throws {Error} with every problem and its remedy, one a line
 */
export async function preflight(layout: ClusterLayout): Promise<void> {
  const problems = preflightProblems(
    layout,
    await machineFacts(layout),
    machineProcess(layout.controlPlane) !== undefined,
  );
  if (problems.length === 0) return;
  const list = problems.map((problem) => `  - ${problem}`).join("\n");
  throw new Error(`cluster "${layout.name}" cannot be started on this machine, nothing was changed:\n${list}`);
}

/**
 * What keeps a cluster from running, each with its remedy.
 * @param running whether it runs already, and so has its memory
 */
export function preflightProblems(layout: ClusterLayout, facts: MachineFacts, running: boolean): string[] {
  const problems: string[] = [];
  if (facts.platform !== "linux") problems.push(`this is ${facts.platform}: the local cluster needs Linux`);
  if (facts.uid !== 0) problems.push("not run as root: namespaces and network interfaces need it; run it with sudo");
  if (facts.missingPrograms.length > 0 && !facts.canInstall) {
    const packages = packagesOf(facts.missingPrograms).join(" ");
    problems.push(`not found: ${facts.missingPrograms.join(", ")}; install with: apt-get install ${packages}`);
  }
  if (!facts.filesystems.includes("overlay")) {
    problems.push("the kernel has no overlay file system; load it with: modprobe overlay");
  }
  if (!facts.cgroups)
    problems.push("no cgroups at /sys/fs/cgroup; mount them with: mount -t cgroup2 none /sys/fs/cgroup");
  const taken = facts.interfaces.find(({ name }) => name === layout.hostInterface);
  if (taken && taken.alias !== ownerOf(layout)) {
    const owner = taken.alias ? `the cluster in ${taken.alias}` : "something else";
    problems.push(
      `interface ${taken.name} belongs to ${owner}; take that down, or remove it with: ip link del ${taken.name}`,
    );
  }
  for (const own of [layout.nodeCidr, layout.podCidr, layout.serviceCidr]) {
    const rival = facts.routes.find(({ cidr, device }) => device !== layout.hostInterface && contains(own, cidr));
    if (rival) {
      problems.push(
        `network ${own} is in use (${rival.cidr} on ${rival.device}); choose a cluster name with other addresses: NATS_PLATFORM_CLUSTER=<name>`,
      );
    }
  }
  if (!running && facts.availableMemory < neededMemory) {
    problems.push(
      `${gib(facts.availableMemory)} GiB of memory are available, ${gib(neededMemory)} GiB are needed; end other programs`,
    );
  }
  if (!running && facts.freeDisk < neededDisk) {
    problems.push(
      `${gib(facts.freeDisk)} GiB are free at ${facts.diskPath}, ${gib(neededDisk)} GiB are needed; free some, or set NATS_PLATFORM_STATE to a folder on another disk`,
    );
  }
  return problems;
}

/** Whether network `inner` lies within `outer` (IPv4, CIDR). A wider route does no harm: the longer prefix wins. */
export function contains(outer: string, inner: string): boolean {
  const [outerAddress, outerBits] = parseCidr(outer);
  const [innerAddress, innerBits] = parseCidr(inner);
  const size = 2 ** (32 - outerBits);
  return innerBits >= outerBits && Math.floor(innerAddress / size) === Math.floor(outerAddress / size);
}

async function machineFacts(layout: ClusterLayout): Promise<MachineFacts> {
  const folders = (process.env.PATH ?? "").split(":").filter(Boolean);
  const diskPath = nearestExisting(layout.root);
  const disk = fs.statfsSync(diskPath);
  // Where ip is not installed yet nothing can be asked; it is once it is.
  const canAsk = onPath(folders, "ip");
  const links = canAsk ? await ipJson<{ ifname: string; ifalias?: string }>(["link"]) : [];
  const routes = canAsk ? await ipJson<{ dst: string; dev?: string }>(["-4", "route", "show", "table", "all"]) : [];
  return {
    uid: process.geteuid?.() ?? 0,
    platform: process.platform,
    missingPrograms: missingPrograms(folders),
    canInstall: process.geteuid?.() === 0 && onPath(folders, "apt-get"),
    availableMemory: availableMemory(fs.readFileSync("/proc/meminfo", "utf8")),
    freeDisk: disk.bavail * disk.bsize,
    diskPath,
    interfaces: links.map(({ ifname, ifalias }) => ({ name: ifname, alias: ifalias ?? "" })),
    routes: routes
      .filter(({ dst, dev }) => /^\d/.test(dst) && dev !== undefined)
      .map(({ dst, dev }) => ({ cidr: dst.includes("/") ? dst : `${dst}/32`, device: dev ?? "" })),
    filesystems: fs.readFileSync("/proc/filesystems", "utf8").split(/\s+/),
    cgroups: fs.existsSync("/sys/fs/cgroup") && fs.readdirSync("/sys/fs/cgroup").length > 0,
  };
}

/** Bytes of `MemAvailable` in the text of /proc/meminfo. */
export function availableMemory(meminfo: string): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
}

async function ipJson<T>(args: readonly string[]): Promise<T[]> {
  const { stdout } = await run("ip", ["-j", ...args]);
  return JSON.parse(stdout || "[]") as T[];
}

function onPath(folders: readonly string[], program: string): boolean {
  return folders.some((folder) => fs.existsSync(path.join(folder, program)));
}

function nearestExisting(file: string): string {
  return fs.existsSync(file) ? file : nearestExisting(path.dirname(file));
}

function parseCidr(cidr: string): [address: number, bits: number] {
  const [address = "", bits = "32"] = cidr.split("/");
  const number = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  return [number, Number(bits)];
}

function gib(bytes: number): string {
  return (bytes / gibibyte).toFixed(1);
}
