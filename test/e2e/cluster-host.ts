import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** What a cluster could leave behind on a host, kind by kind, one text per thing. */
export type HostSnapshot = Readonly<Record<string, readonly string[]>>;

/** Looks at everything of the host that a local cluster works with. */
export function hostSnapshot(): HostSnapshot {
  return {
    processes: processesMentioning("/machines/").map(({ commandLine }) => commandLine),
    mounts: lines(fs.readFileSync("/proc/self/mounts", "utf8")).map((line) => line.split(" ").slice(0, 3).join(" ")),
    interfaces: json<{ ifname: string }>("ip", ["-j", "link"]).map(({ ifname }) => ifname),
    addresses: json<{ ifname: string; addr_info: { local: string }[] }>("ip", ["-j", "addr"]).flatMap((link) =>
      link.addr_info.map(({ local }) => `${link.ifname} ${local}`),
    ),
    routes: lines(command("ip", ["route", "show", "table", "all"])),
    namespaces: folder("/run/netns"),
    firewall: ["iptables-save", "ip6tables-save"].flatMap((program) =>
      lines(command(program, [])).filter((line) => line.startsWith("-A") || line.startsWith(":")),
    ),
    ipsets: lines(command("ipset", ["list", "-n"])),
    cgroups: cgroups("/sys/fs/cgroup"),
    run: folder("/run"),
    varLib: folder("/var/lib"),
    varLog: folder("/var/log"),
    etcCni: folder("/etc/cni"),
    opt: folder("/opt"),
    clusters: folder(path.join(process.env.HOME ?? "/root", ".local/state/nats-platform/clusters")),
    sysctls: ["net.ipv4.ip_forward", "net.ipv4.conf.all.rp_filter"].map((key) => `${key}=${sysctl(key)}`),
  };
}

/**
 * What is in the second snapshot and not in the first, or the other way round, as `kind: +thing` and `kind: -thing`.
 * @param ignored whether a difference has reasons of its own, such as another cluster on this host
 */
export function differences(
  before: HostSnapshot,
  after: HostSnapshot,
  ignored: (difference: string) => boolean,
): string[] {
  return Object.keys(before).flatMap((kind) => {
    const [old, now] = [new Set(before[kind]), new Set(after[kind])];
    const added = [...now].filter((thing) => !old.has(thing)).map((thing) => `${kind}: +${thing}`);
    const removed = [...old].filter((thing) => !now.has(thing)).map((thing) => `${kind}: -${thing}`);
    return [...added, ...removed].filter((difference) => !ignored(difference));
  });
}

/** Processes whose command line mentions a text, with their network namespace. */
export function processesMentioning(text: string): { commandLine: string; network: string }[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const commandLine = fs.readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
        return [{ commandLine, network: fs.readlinkSync(`/proc/${entry}/ns/net`) }];
      } catch {
        return []; // it ended while we looked
      }
    })
    .filter(({ commandLine }) => commandLine.includes(text));
}

/** Kills every process whose program has one of these names and which mentions a text. Returns how many there were. */
export function killPrograms(names: readonly string[], text: string): number {
  let killed = 0;
  for (const entry of fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const argv = fs.readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      if (!names.includes(path.basename(argv[0] ?? "")) || !argv.some((argument) => argument.includes(text))) continue;
      process.kill(Number(entry), "SIGKILL");
      killed++;
    } catch {
      // It ended while we looked.
    }
  }
  return killed;
}

function cgroups(dir: string, depth = 2): string[] {
  if (depth === 0) return [];
  return fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const child = path.join(dir, entry.name);
      return [child, ...cgroups(child, depth - 1)];
    });
}

function folder(dir: string): string[] {
  return fs.existsSync(dir) ? fs.readdirSync(dir).sort() : [];
}

function sysctl(key: string): string {
  return fs.readFileSync(`/proc/sys/${key.replaceAll(".", "/")}`, "utf8").trim();
}

function command(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8" });
}

function json<T>(program: string, args: readonly string[]): T[] {
  return JSON.parse(command(program, args)) as T[];
}

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
