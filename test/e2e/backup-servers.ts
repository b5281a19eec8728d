import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { ensureTools, tool } from "../../local/tools";
import { until } from "../../local/world/until";

/** Bytes on disk of the account that is too small for what others hold. */
export const smallAccountBytes = 1024 * 1024;

/** Accounts of {@link BackupServers}, each with JetStream. */
const accounts = {
  source: "{}",
  target: "{}",
  other: "{}",
  small: `{ max_file: ${smallAccountBytes}, max_mem: 0, max_streams: 3, max_consumers: 10 }`,
} as const;

/** Name of an account. */
export type AccountName = keyof typeof accounts;

/** Of what a server tells of JetStream: its leader knows the others. */
interface Jsz {
  readonly meta_cluster?: { readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[] };
}

/** Real nats-servers with accounts to back up and restore: one by itself, or a cluster of three. */
export class BackupServers {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-backup-"));
  private readonly network = `127.${181 + Math.floor(Math.random() * 60)}.${Math.floor(Math.random() * 250)}`;
  private readonly password = randomBytes(16).toString("hex");
  private readonly processes: ChildProcess[] = [];
  private readonly connections: NatsConnection[] = [];

  private constructor(private readonly count: 1 | 3) {}

  static async start(count: 1 | 3): Promise<BackupServers> {
    await ensureTools(["nats-server"]);
    const servers = new BackupServers(count);
    await Promise.all(Array.from({ length: count }, (_, index) => servers.launch(index)));
    if (count > 1) await until("JetStream's leader knows all servers", () => servers.isComplete());
    return servers;
  }

  /** What a process of its own needs to log in to an account. Secret, of this test's alone. */
  login(account: AccountName): { readonly servers: string; readonly user: string; readonly pass: string } {
    return { servers: `${this.address(0)}:4222`, user: account, pass: this.password };
  }

  async connect(account: AccountName): Promise<NatsConnection> {
    const connection = await connect({ ...this.login(account), reconnect: false, timeout: 10_000 });
    this.connections.push(connection);
    return connection;
  }

  /** Path of a folder for files of a test, not there yet. */
  folder(name: string): string {
    return join(this.dir, "files", name);
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
    for (const process of this.processes) {
      if (process.exitCode !== null) continue;
      process.kill("SIGKILL");
      await once(process, "exit");
    }
    rmSync(this.dir, { recursive: true });
  }

  /** Whether the leader of JetStream has heard of all others lately: else it places no stream on them. */
  private async isComplete(): Promise<boolean> {
    const answers = await Promise.all(
      Array.from({ length: this.count }, async (_, index) => {
        const { meta_cluster: meta } = (await (await fetch(`http://${this.address(index)}:8222/jsz`)).json()) as Jsz;
        return meta?.replicas?.filter(({ current, offline }) => current && !offline).length;
      }),
    );
    return answers.includes(this.count - 1);
  }

  private address(index: number): string {
    return `${this.network}.${index + 1}`;
  }

  private async launch(index: number): Promise<void> {
    const dir = join(this.dir, `nats-${index}`);
    mkdirSync(dir);
    const file = join(dir, "nats.conf");
    writeFileSync(file, this.config(index, dir), { mode: 0o600 });
    const server = spawn(tool("nats-server"), ["-c", file, "-l", join(dir, "log")], { stdio: "ignore" });
    this.processes.push(server);
    await until(`nats-${index} is healthy`, async () => {
      if (server.exitCode !== null) throw new Error(`nats-server ended: ${readLog(dir)}`);
      return fetch(`http://${this.address(index)}:8222/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  private config(index: number, dir: string): string {
    const address = this.address(index);
    const routes = Array.from({ length: this.count }, (_, peer) => `nats://${this.address(peer)}:6222`).join(", ");
    const blocks = Object.entries(accounts).map(
      ([name, limits]) =>
        `${name}: { jetstream: ${limits === "{}" ? "enabled" : limits}, users: [{ user: ${name}, password: "${this.password}" }] }`,
    );
    return `
      server_name: nats-${index}
      host: ${address}
      port: 4222
      http: "${address}:8222"
      ${this.count > 1 ? `cluster { name: test, host: ${address}, port: 6222, routes: [${routes}] }` : ""}
      jetstream { store_dir: "${join(dir, "jetstream")}", max_mem: 64M, max_file: 1G }
      accounts {\n${blocks.join("\n")}\n}`;
  }
}

function readLog(dir: string): string {
  const log = join(dir, "log");
  return existsSync(log) ? readFileSync(log, "utf8") : "";
}
