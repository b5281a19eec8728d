import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect, type NodeConnectionOptions } from "@nats-io/transport-node";
import { folders, type InstanceConfigArgs, instanceConfig } from "../../components/tenant/nats-config";
import { ensureTools, tool } from "../../local/tools";
import { listening } from "./nats-server";

/** One real nats-server with the configuration of a tenant's instances; only its folders and ports are other ones. */
export class TenantServer {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-tenant-"));
  private server: ChildProcess | undefined;
  private url = "";
  monitoringUrl = "";

  static async start(args: InstanceConfigArgs): Promise<TenantServer> {
    await ensureTools(["nats-server"]);
    const server = new TenantServer();
    await server.launch(args);
    return server;
  }

  /** Starts it again over the same folder, as Kubernetes does with a container. */
  async restart(args: InstanceConfigArgs): Promise<void> {
    await this.kill();
    await this.launch(args);
  }

  connect(creds: string, options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    const authenticator = credsAuthenticator(Buffer.from(creds));
    return connect({ servers: this.url, authenticator, reconnect: false, timeout: 10_000, ...options });
  }

  /** Tells it to leave, as an instance's preStop hook does; resolves with the milliseconds until it has. */
  async leave(): Promise<number> {
    const started = performance.now();
    const { server } = this;
    assert.ok(server);
    const ended = once(server, "exit");
    const signal = spawnSync(tool("nats-server"), [`-sl=ldm=${join(this.dir, "pid", "nats.pid")}`]);
    assert.equal(signal.status, 0, String(signal.stderr));
    // What Kubernetes sends as soon as the hook returns.
    server.kill("SIGTERM");
    await ended;
    return performance.now() - started;
  }

  log(): string {
    return readFileSync(join(this.dir, "log"), "utf8");
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true });
  }

  private async launch(args: InstanceConfigArgs): Promise<void> {
    const file = this.writeConfig(args);
    const env = { ...process.env, SERVER_NAME: "nats-acme-1-5f6d7c8b9-abcde" };
    const check = spawnSync(tool("nats-server"), ["-t", "-c", file], { env });
    assert.equal(check.status, 0, String(check.stderr));
    const server = spawn(tool("nats-server"), ["-c", file, "-l", join(this.dir, "log")], { env, stdio: "ignore" });
    this.server = server;
    const ports = await listening(server, this.dir, () => this.log());
    this.url = ports.nats[0];
    this.monitoringUrl = ports.monitoring[0] ?? "";
  }

  private writeConfig(args: InstanceConfigArgs): string {
    const changes = [
      ["port: 4222\n", `listen: "127.0.0.1:-1"\nports_file_dir: "${this.dir}"\n`],
      ["http_port: 8222\n", `http: "127.0.0.1:-1"\n`],
      [folders.pid, join(this.dir, "pid")],
      [folders.resolver, join(this.dir, "resolver")],
    ] as const;
    mkdirSync(join(this.dir, "pid"), { recursive: true });
    const text = changes.reduce((config, [from, to]) => {
      assert.ok(config.includes(from), `the configuration has no ${from}`);
      return config.replace(from, to);
    }, instanceConfig(args));
    const file = join(this.dir, "nats.conf");
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  private async kill(): Promise<void> {
    if (!this.server || this.server.exitCode !== null) return;
    this.server.kill("SIGKILL");
    await once(this.server, "exit");
  }
}
