import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect, type NodeConnectionOptions } from "@nats-io/transport-node";
import type { Login } from "../../components/workstation/accounts";
import { ensureTools, tool } from "../../local/tools";
import { launchServer } from "./nats-server";

/** A real nats-server with a workstation's configuration, as its pod has it, on a free port of the loopback interface. */
export class WorkstationServer {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-workstation-"));
  private server: ChildProcess | undefined;
  url = "";

  /** @param authConf the text that the pod's configuration includes */
  static async start(authConf: string): Promise<WorkstationServer> {
    await ensureTools(["nats-server"]);
    const server = new WorkstationServer();
    await server.launch(authConf);
    return server;
  }

  private async launch(authConf: string): Promise<void> {
    const { dir } = this;
    writeFileSync(join(dir, "auth.conf"), authConf, { mode: 0o600 });
    const config = [
      'listen: "127.0.0.1:-1"',
      `ports_file_dir: "${dir}"`,
      // As in the chart's configuration of Pulumi.workstation.yaml.
      `jetstream: { store_dir: "${dir}/jetstream", max_memory_store: 1Gi, max_file_store: 5Gi }`,
      "include auth.conf",
    ];
    this.url = await launchServer(dir, config, (server) => {
      this.server = server;
    });
  }

  /** Logs in. Rejects at the first refusal. */
  connect(user: string, login: Login, options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    const proof =
      "creds" in login
        ? { authenticator: credsAuthenticator(Buffer.from(login.creds)) }
        : { user, pass: login.password };
    const once = { reconnect: false, maxReconnectAttempts: 0, timeout: 10_000 };
    return connect({ servers: this.url, ...once, ...proof, ...options });
  }

  async stop(): Promise<void> {
    if (this.server && this.server.exitCode === null) {
      this.server.kill("SIGKILL");
      await once(this.server, "exit");
    }
    rmSync(this.dir, { recursive: true });
  }
}

/** Runs the script of an account's Job, with the real CLI, as its pod does. */
export async function applyFiles(
  files: Readonly<Record<string, string>>,
  url: string,
  user: string,
  login: Login,
): Promise<{ status: number | null; output: string }> {
  await ensureTools(["natscli"]);
  const dir = mkdtempSync(join(tmpdir(), "nats-platform-buckets-"));
  try {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(dir, name), text.replaceAll("/buckets/", `${dir}/`));
    }
    const creds = join(dir, "user.creds");
    if ("creds" in login) writeFileSync(creds, login.creds, { mode: 0o600 });
    const proof = "creds" in login ? { NATS_CREDS: creds } : { NATS_USER: user, NATS_PASSWORD: login.password };
    const env = { PATH: `${dirname(tool("nats"))}:${process.env.PATH}`, HOME: dir, NATS_URL: url, ...proof };
    const child = spawn("sh", [join(dir, "apply.sh")], { env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    const [status] = await once(child, "close");
    return { status, output };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
