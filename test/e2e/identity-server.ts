import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credsAuthenticator, type NatsConnection, type PermissionViolationError } from "@nats-io/nats-core";
import { connect, type NodeConnectionOptions } from "@nats-io/transport-node";
import { type AuthConfig, authConfig } from "../../components/platform/server-config";
import { ensureTools } from "../../local/tools";
import { until } from "../../local/world/until";
import { launchServer } from "./nats-server";

/** One real nats-server in operator mode on a free port of the loopback interface, with JetStream and a full resolver. */
export class IdentityServer {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-identity-"));
  private server: ChildProcess | undefined;
  private url = "";

  static async start(auth: AuthConfig): Promise<IdentityServer> {
    await ensureTools(["nats-server"]);
    const server = new IdentityServer();
    await server.launch(auth);
    return server;
  }

  /** Starts it again over the same files, with another identity. Connections break. */
  async restart(auth: AuthConfig): Promise<void> {
    await this.kill();
    await this.launch(auth);
  }

  private async launch(auth: AuthConfig): Promise<void> {
    const { dir } = this;
    const config = [
      'listen: "127.0.0.1:-1"',
      `ports_file_dir: "${dir}"`,
      `jetstream: { store_dir: "${dir}/jetstream", max_memory_store: 16MiB, max_file_store: 64MiB }`,
      `resolver: { type: full, dir: "${dir}/resolver", allow_delete: true, interval: "2m", limit: 100 }`,
      authConfig(auth),
    ];
    this.url = await launchServer(dir, config, (server) => {
      this.server = server;
    });
  }

  /** Connects with the text of a creds file. */
  connect(creds: string, options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    return this.connectWith({ authenticator: credsAuthenticator(Buffer.from(creds)), ...options });
  }

  /** Connects with exactly these options. Rejects at the first refusal. */
  connectWith(options: NodeConnectionOptions): Promise<NatsConnection> {
    return connect({ servers: this.url, reconnect: false, maxReconnectAttempts: 0, timeout: 10_000, ...options });
  }

  /**
   * Asserts that the server refuses to let somebody in. By its log, because a client that is still sending when the server closes right after
   * its answer sees a reset connection instead of the answer.
   */
  async refuses(connecting: Promise<NatsConnection>): Promise<void> {
    const before = this.authenticationErrors();
    await assert.rejects(connecting);
    await until("the server logs the refusal", () => this.authenticationErrors() > before);
  }

  private authenticationErrors(): number {
    return readFileSync(join(this.dir, "log"), "utf8").split("authentication error").length - 1;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true });
  }

  private async kill(): Promise<void> {
    if (!this.server || this.server.exitCode !== null) return;
    this.server.kill("SIGKILL");
    await once(this.server, "exit");
  }
}

/** What the server refused a connection so far, as `publish a.b` or `subscription a.b`. */
export function recordViolations(connection: NatsConnection): string[] {
  const violations: string[] = [];
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type !== "error" || status.error.name !== "PermissionViolationError") continue;
      const { operation, subject } = status.error as PermissionViolationError;
      violations.push(`${operation} ${subject}`);
    }
  })();
  return violations;
}
