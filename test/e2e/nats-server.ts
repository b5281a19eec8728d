import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tool } from "../../local/tools";
import { until } from "../../local/world/replica";

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
  const portsFile = join(dir, `nats-server_${server.pid}.ports`);
  const isListening = () => {
    if (server.exitCode !== null) throw new Error(`nats-server ended: ${readFileSync(log, "utf8")}`);
    return existsSync(portsFile);
  };
  await until("nats-server listens", isListening, { timeoutMs: 15_000, pollMs: 20 });
  return JSON.parse(readFileSync(portsFile, "utf8")).nats[0];
}
