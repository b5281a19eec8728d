import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { httpPort } from "../../components/program/http-port";
import { codeKey, compressProgram, programCommand } from "../../components/program/program-code";
import { bundleProgram } from "../../stacks/bundle";

/**
 * Puts a program together as its pods find it.
 * @param entry absolute path of its main file
 * @param dir folder it is put into
 * @returns arguments for Node
 */
export async function installProgram(entry: string, dir: string): Promise<string[]> {
  const { compressed } = compressProgram(entry, await bundleProgram(entry));
  mkdirSync(dir);
  writeFileSync(join(dir, codeKey), Buffer.from(compressed, "base64"));
  return programCommand(dir).slice(1);
}

/** What a program that has ended has left. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export async function runProgram(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  await once(child, "close");
  return { code: child.exitCode, output };
}

/** One replica: a service as a process of its own. */
export class Replica {
  private process: ChildProcess | undefined;
  /** Everything it has written so far. */
  output = "";

  constructor(
    readonly name: string,
    private readonly address: string,
    private readonly args: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  start(): void {
    const process_ = spawn(process.execPath, this.args, {
      env: { ...this.env, POD_NAME: this.name, LISTEN_ADDRESS: this.address, HOME: "/nonexistent" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [process_.stdout, process_.stderr]) {
      stream.on("data", (chunk) => {
        this.output += chunk;
      });
    }
    this.process = process_;
  }

  get isRunning(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** Ends it in order. @returns its exit code */
  async end(): Promise<number | null> {
    return this.signal("SIGTERM");
  }

  /** Kills it as a lost node would. */
  async kill(): Promise<void> {
    await this.signal("SIGKILL");
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(this.url("readyz")).catch(() => undefined);
    return response?.ok === true;
  }

  /** Value of a metric, with its labels as in the text, such as `account_sync_leader`. */
  async metric(name: string): Promise<number | undefined> {
    const response = await fetch(this.url("metrics")).catch(() => undefined);
    const line = (await response?.text())?.split("\n").find((text) => text.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length));
  }

  url(path: string): string {
    return `http://${this.address}:${httpPort}/${path}`;
  }

  private async signal(signal: NodeJS.Signals): Promise<number | null> {
    const process_ = this.process;
    if (!process_ || !this.isRunning) return process_?.exitCode ?? null;
    const exited = once(process_, "exit");
    process_.kill(signal);
    await exited;
    return process_.exitCode;
  }
}
