import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { isStaticElf } from "./tools/elf";

/** A program of the host that the local cluster calls. */
export interface HostProgram {
  /** Debian package it comes from. */
  readonly package: string;
  /** Whether a program of that name will do. @default any executable */
  readonly accepts?: (file: string) => boolean;
}

/** Programs the local cluster and its images need from the host, by name. */
export const hostPrograms: Readonly<Record<string, HostProgram>> = {
  bash: { package: "bash" },
  mount: { package: "mount" },
  unshare: { package: "util-linux" },
  nsenter: { package: "util-linux" },
  ip: { package: "iproute2" },
  "iptables-restore": { package: "iptables" },
  ipset: { package: "ipset" },
  conntrack: { package: "conntrack" },
  openssl: { package: "openssl" },
  runc: { package: "runc" },
  // Goes into images, which have no C library.
  busybox: { package: "busybox-static", accepts: isStaticElf },
};

/** What can be known and done about packages on this machine; replaced in tests. */
export interface PackageHost {
  /** Folders programs are looked for in. */
  readonly path: readonly string[];
  /** Whether packages may be installed: root, on a system with apt-get. */
  readonly canInstall: boolean;
  /** Runs a command to its end; rejects with what it said if it fails. */
  readonly run: (command: string, args: readonly string[]) => Promise<void>;
}

/**
 * Installs the Debian packages whose programs are missing. Nothing is called when all are there.
 * @param progress told before packages are installed
 * @returns the packages installed
 * @throws {Error} if packages are missing and this user cannot install them, or apt-get fails; the message has the command to run
 */
export async function ensureDebianPackages(
  progress: (message: string) => void = () => {},
  host: PackageHost = thisHost(),
): Promise<string[]> {
  const missing = missingPrograms(host.path);
  if (missing.length === 0) return [];
  const packages = packagesOf(missing);
  const command = `apt-get install ${packages.join(" ")}`;
  if (!host.canInstall) {
    throw new Error(
      `the local cluster needs programs that were not found: ${missing.join(", ")}. Install them as root: ${command} ` +
        "(Debian's package names; other systems have similar ones)",
    );
  }
  progress(`installing Debian packages: ${packages.join(", ")}`);
  // A failed update need not matter: the lists there are may do, and if not the installation says so.
  const updated = await host.run("apt-get", ["update", "-q"]).catch((error: Error) => error);
  await host
    .run("apt-get", ["install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages])
    .catch((error: Error) => {
      const update = updated instanceof Error ? `; before it, ${updated.message}` : "";
      throw new Error(
        `${packages.join(", ")} could not be installed: ${error.message}${update}. Install them by hand: ${command}`,
      );
    });
  const stillMissing = missingPrograms(host.path);
  if (stillMissing.length > 0) {
    throw new Error(
      `${packagesOf(stillMissing).join(", ")} are installed, but ${stillMissing.join(", ")} cannot be found: add /usr/sbin and /sbin to PATH (it is ${host.path.join(":")})`,
    );
  }
  return packages;
}

/** Names of the {@link hostPrograms} not found in these folders. */
export function missingPrograms(folders: readonly string[]): string[] {
  return Object.entries(hostPrograms)
    .filter(([name, { accepts }]) => {
      const candidates = folders.map((folder) => path.join(folder, name)).filter(isExecutable);
      return !candidates.some((file) => accepts?.(file) ?? true);
    })
    .map(([name]) => name);
}

/** Packages some programs come from, each once. */
export function packagesOf(programs: readonly string[]): string[] {
  return [...new Set(programs.map((name) => hostPrograms[name]?.package ?? name))];
}

function thisHost(): PackageHost {
  const folders = (process.env.PATH ?? "").split(":").filter(Boolean);
  const hasApt = folders.some((folder) => isExecutable(path.join(folder, "apt-get")));
  return { path: folders, canInstall: hasApt && process.geteuid?.() === 0, run };
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs a command without asking anybody anything; its output is shown only if it fails. */
function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output = (output + text).slice(-4000);
      });
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `\`${command} ${args[0]}\` ended with ${signal ?? code}: ${output.trim().split("\n").slice(-5).join(" ")}`,
          ),
        );
    });
  });
}
