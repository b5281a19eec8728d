import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { shellWord } from "../../services/text";
import { makePrivateDir } from "../state";
import { lastLines } from "./command";
import type { Machine } from "./layout";
import { waitFor } from "./wait";

const initScript = path.join(__dirname, "machine-init.sh");

/** Where a machine finds its own folder: a short path, because sockets below it must not have more than 107 characters. */
export const shortMachineDir = "/run/machine";

/** A program a machine runs, and starts again when it ends. */
export interface Agent {
  /** Name of the agent, its executable and its log. */
  readonly name: string;
  /** Absolute path of the program and its arguments. No secrets: every user of the host can read them. */
  readonly command: readonly string[];
  /** Files it reads at its start. */
  readonly files?: readonly string[];
  /** Environment variables added to those of the machine. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Switches a machine on, unless it is and {@link machineIsUsable}. It starts with no network but its loopback and with no agents.
 * @param kept folders of the host it needs as they are, its own among them
 * @returns process id of its first process
 * @throws {Error} if it does not come up; the message has what it said
 */
export async function powerOn(machine: Machine, kept: readonly string[]): Promise<number> {
  const running = machineProcess(machine);
  if (running !== undefined && machineIsUsable(machine)) return running;
  await powerOff(machine);
  makePrivateDir(path.join(machine.dir, "agents"));
  keepOneOldLog(machine.logs);
  fs.rmSync(path.join(machine.dir, "control"), { force: true });
  const child = spawn(
    "unshare",
    ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--"].concat([
      "bash",
      initScript,
      machine.dir,
      machine.logs,
      ...kept,
    ]),
    { detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: "/", env: machineEnvironment() },
  );
  await new Promise<void>((resolve, reject) => {
    let said = "";
    const failed = (reason: string) =>
      reject(new Error(`${machine.name} did not start (${reason}): ${lastLines(said, 5) || "it said nothing"}`));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
    });
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (chunk.includes("ready")) resolve();
    });
    child.once("error", (error) => failed(error.message));
    child.once("close", (code) => failed(`exit code ${code}`));
  });
  child.stdout.destroy();
  child.stderr.destroy();
  child.unref();
  const pid = machineProcess(machine);
  if (pid === undefined) throw new Error(`${machine.name} ended right after its start: see ${machine.logs}/init.log`);
  return pid;
}

/**
 * Cuts a machine's power: every process of it dies at once, without a chance to say anything. Returns when the last one is
 * gone. Does nothing to a machine that is off.
 */
export async function powerOff(machine: Machine): Promise<void> {
  const processes = machineProcesses(machine.dir);
  for (const { pid, first } of processes) if (first) kill(pid);
  await waitFor(
    async () => {
      const left = machineProcesses(machine.dir);
      // Without its first process a machine cannot live; what is left here are launchers caught half-way.
      if (!left.some(({ first }) => first)) for (const { pid } of left) kill(pid);
      return left.length === 0 ? undefined : `process ${left.map(({ pid }) => pid).join(", ")} is still there`;
    },
    { what: `switching ${machine.name} off`, timeoutMs: 30_000, intervalMs: 20 },
  );
}

/** Whether a machine is on, its start was not interrupted half-way, and it runs what this version of the program starts. */
export function machineIsUsable(machine: Machine): boolean {
  const pid = machineProcess(machine);
  const runs = `/proc/${pid}/root/run/machine-init.sh`;
  if (pid === undefined || !fs.existsSync(path.join(machine.dir, "control")) || !fs.existsSync(runs)) return false;
  return fs.readFileSync(runs, "utf8") === fs.readFileSync(initScript, "utf8");
}

/** Process id of a machine's first process as the host sees it; undefined while it is off. */
export function machineProcess(machine: Machine): number | undefined {
  return machineProcesses(machine.dir).find(({ first }) => first)?.pid;
}

/** Writes an agent's executable. It changes with the agent, its program or any of its files. */
export function installAgent(machine: Machine, agent: Agent): void {
  const [program = "", ...args] = agent.command;
  const environment = Object.entries(agent.env ?? {}).map(([key, value]) => `export ${key}=${shellWord(value)}\n`);
  // Links to tools stay the same when a version changes; what they lead to does not.
  const command = [fs.realpathSync(program), ...args].map(shellWord).join(" \\\n  ");
  const digest = createHash("sha256");
  for (const file of agent.files ?? []) digest.update(fs.readFileSync(file));
  const script = `#!/bin/sh
# Digest of its files: ${digest.digest("hex").slice(0, 16)}
${environment.join("")}exec ${command}
`;
  const file = path.join(machine.dir, "agents", agent.name);
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, script, { mode: 0o700 });
}

/** Starts agents of a running machine. Those that run are left alone, unless they were installed differently since. */
export function startAgents(machine: Machine, names: readonly string[]): void {
  // O_NONBLOCK: without a reader the open fails instead of waiting for one for ever.
  const control = fs.openSync(path.join(machine.dir, "control"), fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
  try {
    fs.writeSync(control, names.map((name) => `${name}\n`).join(""));
  } finally {
    fs.closeSync(control);
  }
}

/** Arguments of nsenter that run a command with a machine's network, the host's everything else. */
export function inNetworkOf(pid: number): string[] {
  return [`--net=/proc/${pid}/ns/net`, "--"];
}

interface MachineProcess {
  readonly pid: number;
  /** Whether it is process 1 of the machine. */
  readonly first: boolean;
}

/**
 * The launcher and init processes of the machine that lives in a folder. The process table is asked each time: unlike a pid
 * file it is never stale, not after a crash or a reboot and not when the state was deleted by hand.
 */
function machineProcesses(dir: string): MachineProcess[] {
  const found: MachineProcess[] = [];
  for (const entry of fs.readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const argv = fs.readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0");
      const script = argv.findIndex((argument) => path.basename(argument) === path.basename(initScript));
      if (script < 1 || argv[script - 1] !== "bash" || argv[script + 1] !== dir) continue;
      const status = fs.readFileSync(`/proc/${entry}/status`, "utf8");
      if (/^State:\s+Z/m.test(status)) continue;
      found.push({ pid: Number(entry), first: /^NSpid:.*\t1$/m.test(status) && argv[0] === "bash" });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}

/** Agents inherit little: nothing of the user's shell may change how they behave. */
function machineEnvironment(): NodeJS.ProcessEnv {
  return { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", HOME: "/root" };
}

/** Every power-on begins with empty logs; those of the time before are kept once, as `<agent>.log.1`. */
function keepOneOldLog(logs: string): void {
  makePrivateDir(logs);
  for (const file of fs.readdirSync(logs)) {
    if (file.endsWith(".log")) fs.renameSync(path.join(logs, file), path.join(logs, `${file}.1`));
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
