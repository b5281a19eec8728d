import { existsSync, mkdirSync, readFileSync } from "node:fs";
import * as os from "node:os";
import { defaultImages } from "../components/images";
import { chartVersion } from "../components/platform/chart-source";
import { stateDir } from "../local/state";
import { toolSpec } from "../local/tools";
import { dependencies } from "../package.json";

/** Where figures come from: a property of a machine and its value, for people. Nothing that tells one machine from its like. */
export type MachineDescription = Readonly<Record<string, string>>;

/** This machine, and the versions of what is measured on it. */
export function describeMachine(date = new Date()): MachineDescription {
  const folder = stateDir();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    Date: date.toISOString().slice(0, 10),
    Processor: `${os.cpus()[0]?.model.trim() || "unknown"}, ${os.availableParallelism()} cores`,
    Memory: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    "File system of the volumes": fileSystem(folder),
    "Operating system": `${distribution()}, kernel ${os.release()}`,
    "Node.js": process.version,
    Kubernetes: `${toolSpec("kubernetes").version}, three nodes on this one machine`,
    "nats-server": toolSpec("nats-server").version,
    "nats chart": chartVersion,
    Pulumi: `${toolSpec("pulumi").version}, @pulumi/pulumi ${dependencies["@pulumi/pulumi"]}, @pulumi/kubernetes ${dependencies["@pulumi/kubernetes"]}`,
    Helm: toolSpec("helm").version,
    Client: `@nats-io v3 on ${defaultImages.node}`,
  };
}

function distribution(): string {
  const file = "/etc/os-release";
  const name = existsSync(file) ? /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return name ?? os.type();
}

/** Type of the file system a folder is on. */
function fileSystem(folder: string): string {
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, path = ""]) => path === "/" || folder === path || folder.startsWith(`${path}/`))
    // Of two mounts on one path the later one is seen.
    .sort(([, a = ""], [, b = ""]) => a.length - b.length);
  return mounts.at(-1)?.[2] ?? "unknown";
}
