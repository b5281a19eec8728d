import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../../local/tools";
import { until } from "../../local/world/until";

/**
 * Starts a real nats-server and waits until it listens.
 * @param dir for its files; the configuration has `ports_file_dir` of it
 * @param config lines of its configuration
 * @param started told the process at once, for whoever has to end it
 * @returns the URL for clients
 * @throws Error with its log if it ends instead
 */
export async function launchServer(
  dir: string,
  config: readonly string[],
  started: (server: ChildProcess) => void,
): Promise<string> {
  const file = join(dir, "nats.conf");
  writeFileSync(file, config.join("\n"), { mode: 0o600 });
  const log = join(dir, "log");
  const server = spawn(tool("nats-server"), ["-c", file, "-l", log], { stdio: "ignore" });
  started(server);
  return (await listening(server, dir, () => readFileSync(log, "utf8"))).nats[0];
}

/** URLs that a nats-server listens at, as its ports file has them. */
interface Ports {
  readonly nats: readonly [string, ...string[]];
  /** Empty without a monitoring port. */
  readonly monitoring: readonly string[];
}

/**
 * Waits until a nats-server listens.
 * @param dir `ports_file_dir` of its configuration
 * @param log reads its log
 * @throws Error with its log if it ends instead
 */
export async function listening(server: ChildProcess, dir: string, log: () => string): Promise<Ports> {
  const file = join(dir, `nats-server_${server.pid}.ports`);
  let ports: Ports | undefined;
  const hasPorts = () => {
    if (server.exitCode !== null) throw new Error(`nats-server ended: ${log()}`);
    ports = existsSync(file) ? portsIn(readFileSync(file, "utf8")) : undefined;
    return ports !== undefined;
  };
  await until("nats-server listens", hasPorts, { timeoutMs: 15_000 });
  return ports as Ports;
}

/** @returns undefined while the server is still writing: it makes the file first and fills it then */
function portsIn(text: string): Ports | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
