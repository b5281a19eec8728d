import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Progress } from "../../commands/ctl/backup/report";

/** Runs a backup or restore as a process of its own, and kills it, as a power loss would, when it is at something. */
export async function killedWhile(
  login: object,
  args: readonly string[],
  at: Pick<Progress, "stream" | "doing">,
): Promise<void> {
  const script = join(__dirname, "load", "backup.ts");
  const child = spawn(process.execPath, ["--require", "@swc-node/register", script, ...args], {
    env: { ...process.env, LOGIN: JSON.stringify(login) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let killed = false;
  for await (const line of createInterface(child.stdout)) {
    const { stream, doing } = JSON.parse(line) as Partial<Progress>;
    if (killed || stream !== at.stream || doing !== at.doing) continue;
    killed = child.kill("SIGKILL");
  }
  const [, signal] = await ended;
  assert.equal(signal, "SIGKILL", `it ended before it was ${at.doing} ${at.stream}`);
}
