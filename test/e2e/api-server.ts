import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { KubeClient } from "../../local/plugins/kubernetes/client";
import { ensureTools, tool } from "../../local/tools";

/** A real API server with its etcd and Kubernetes' controllers, as processes on ports of the loopback interface; there are no nodes. */
export class ApiServer {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-api-"));
  private readonly token = randomBytes(24).toString("base64url");
  private readonly processes: ChildProcess[] = [];
  private url = "";

  /** Returns when it answers, and makes ServiceAccounts. */
  static async start(): Promise<ApiServer> {
    await ensureTools(["kubernetes", "etcd"]);
    const server = new ApiServer();
    try {
      await server.launch();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** A client of an administrator; or of somebody else, who may do what RBAC says. */
  client(user?: string): KubeClient {
    const headers = {
      authorization: `Bearer ${this.token}`,
      ...(user ? { "impersonate-user": user, "impersonate-group": "system:authenticated" } : {}),
    };
    const credentials = async () => ({ headers });
    return new KubeClient({ server: this.url, tls: { rejectUnauthorized: false }, namespace: "default", credentials });
  }

  /** A kubeconfig of the administrator. */
  get kubeconfig(): string {
    return join(this.dir, "kubeconfig");
  }

  async stop(): Promise<void> {
    for (const process of this.processes.toReversed()) {
      if (process.exitCode !== null || process.signalCode !== null) continue;
      const ended = once(process, "exit");
      process.kill("SIGKILL");
      await ended;
    }
    rmSync(this.dir, { recursive: true });
  }

  private async launch(): Promise<void> {
    const { dir } = this;
    const [clients, peers, secure, metrics] = await freePorts(4);
    const etcd = `http://127.0.0.1:${clients}`;
    this.url = `https://127.0.0.1:${secure}`;
    const file = (name: string, content: string) => {
      writeFileSync(join(dir, name), content, { mode: 0o600 });
      return join(dir, name);
    };
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    const keys = { public: file("sa.pub", publicKey), private: file("sa.key", privateKey) };
    file("kubeconfig", kubeconfig(this.url, this.token));
    this.run("etcd", [
      ...["--data-dir", join(dir, "etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd],
      ...["--listen-peer-urls", `http://127.0.0.1:${peers}`, "--log-level", "error", "--unsafe-no-fsync"],
    ]);
    this.run("kube-apiserver", [
      ...[`--etcd-servers=${etcd}`, "--bind-address=127.0.0.1", `--secure-port=${secure}`, `--cert-dir=${dir}/certs`],
      ...[
        `--token-auth-file=${file("tokens", `${this.token},admin,admin,system:masters`)}`,
        "--authorization-mode=RBAC",
      ],
      ...["--service-cluster-ip-range=10.255.0.0/24", "--allow-privileged=true", "--profiling=false"],
      ...["--service-account-issuer=https://kubernetes.default.svc", `--service-account-key-file=${keys.public}`],
      `--service-account-signing-key-file=${keys.private}`,
    ]);
    await this.until("the API server is ready", async () => (await this.client().text("/readyz")) === "ok");
    this.run("kube-controller-manager", [
      ...[`--kubeconfig=${this.kubeconfig}`, "--bind-address=127.0.0.1", `--secure-port=${metrics}`],
      ...["--leader-elect=false", "--use-service-account-credentials=true", "--profiling=false"],
      ...["--kube-api-qps=200", "--kube-api-burst=400", `--service-account-private-key-file=${keys.private}`],
      `--cert-dir=${dir}/certs-controllers`,
    ]);
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    await this.until("there is a ServiceAccount", async () => Boolean(await this.client().request("GET", account)));
  }

  private run(name: "etcd" | "kube-apiserver" | "kube-controller-manager", args: readonly string[]): void {
    const log = openSync(join(this.dir, `${name}.log`), "a");
    this.processes.push(spawn(tool(name), args, { stdio: ["ignore", log, log] }));
    closeSync(log);
  }

  /** Waits until something is so; what throws is not so yet. @throws after a minute, or when a process has ended, with the end of its log */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    let last: unknown;
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(100)) {
      const ended = this.processes.find(({ exitCode }) => exitCode !== null);
      if (ended) throw new Error(`${ended.spawnfile} has ended: ${this.logOf(ended)}`);
      try {
        if (await condition()) return;
      } catch (error) {
        last = error;
      }
    }
    throw new Error(`waited a minute in vain until ${what}${last === undefined ? "" : `: ${last}`}`);
  }

  private logOf({ spawnfile }: ChildProcess): string {
    return readFileSync(join(this.dir, `${spawnfile.split("/").at(-1)}.log`), "utf8").slice(-2_000);
  }
}

function kubeconfig(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "api", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "api", context: { cluster: "api", user: "admin" } }],
    "current-context": "api",
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
