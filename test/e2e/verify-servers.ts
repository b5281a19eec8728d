import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { authConfig } from "../../components/platform/server-config";
import { ensureTools, tool } from "../../local/tools";
import { connectTcp } from "../../services/tcp";
import type { CheckResult, ProbeSettings } from "../../services/verify/contract";
import { createIdentity, type TestIdentity, writeCreds, writeXkey } from "./verify-identity";

interface Ports {
  readonly client: number;
  readonly cluster: number;
  readonly leafnode: number;
  readonly http: number;
}

/** How the servers differ from a sound platform's. */
export interface Faults {
  /** Index of a server without routes to the others. */
  readonly isolated?: number;
  /** Index of a server that lets everybody in. */
  readonly open?: number;
  /** Certificate, key and authority, to have clients use TLS. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
}

/** The part of /jsz about JetStream's metadata group; only its leader knows the replicas. */
interface MetaGroup {
  readonly meta_cluster?: { readonly replicas?: readonly { readonly current: boolean }[] };
}

/** Three nats-servers in operator mode on the loopback interface, as the platform configures its own. */
export class TestServers {
  private readonly processes: ChildProcess[] = [];

  private constructor(
    readonly identity: TestIdentity,
    private readonly dir: string,
    private readonly ports: readonly Ports[],
    private readonly faults: Faults,
  ) {}

  /** Starts the servers and waits until each is healthy. */
  static async start(faults: Faults = {}): Promise<TestServers> {
    await ensureTools(["nats-server"]);
    const dir = mkdtempSync(join(tmpdir(), "nats-platform-verify-"));
    const free = await freePorts(12);
    const ports = [0, 1, 2].map((i) => {
      const [client = 0, cluster = 0, leafnode = 0, http = 0] = free.slice(i * 4);
      return { client, cluster, leafnode, http };
    });
    const servers = new TestServers(await createIdentity(), dir, ports, faults);
    try {
      for (const index of [0, 1, 2]) servers.launch(index);
      await Promise.all([0, 1, 2].map((index) => servers.healthy(index)));
      await servers.followersCurrent();
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  /** What the probe of a sound platform would be told. */
  settings(): ProbeSettings {
    const { accounts, operatorId, creds } = this.identity;
    const credsDir = mkdtempSync(join(this.dir, "creds-"));
    writeCreds(credsDir, creds);
    writeXkey(credsDir, this.identity);
    const tls = this.faults.tls;
    return {
      runId: `t${Math.random().toString(36).slice(2, 10)}`,
      role: "inside",
      service: { host: "localhost", port: this.port(0).client },
      servers: this.ports.map(({ client: port }, i) => ({ name: `nats-${i}`, host: "127.0.0.1", port })),
      closedPorts: { nothing: 1 },
      leafnodePort: this.port(0).leafnode,
      credsDir,
      ...(tls ? { caFile: tls.ca } : {}),
      accountJwts: Object.fromEntries(Object.values(accounts).map(({ id, jwt }) => [id, jwt])),
      expected: {
        replicas: 3,
        buckets: [],
        accounts: Object.fromEntries(Object.entries(accounts).map(([name, { id }]) => [name, id])),
        operator: operatorId,
        jetstream: true,
        leafnodes: true,
        metrics: false,
        admission: {
          tenantsNamespace: "vrsky-tenants",
          action: "deny",
          audience: "nats",
          maxTokenSeconds: 7200,
          mapping: [],
        },
        ...(tls ? { tls: {} } : {}),
      },
    };
  }

  /** Ports of a server. */
  port(index: number): Ports {
    const ports = this.ports[index];
    if (!ports) throw new RangeError(`there is no server ${index}`);
    return ports;
  }

  /** Kills a server as a power loss would. */
  async kill(index: number): Promise<void> {
    const process = this.processes[index];
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  /** Makes a server hang: its sockets stay open, and nothing answers. It can still be killed. */
  freeze(index: number): void {
    this.processes[index]?.kill("SIGSTOP");
  }

  /** A connection to the first server. */
  connect(creds: string): Promise<NatsConnection> {
    return connect({
      servers: `localhost:${this.port(0).client}`,
      authenticator: credsAuthenticator(Buffer.from(creds)),
    });
  }

  async stop(): Promise<void> {
    await Promise.all([0, 1, 2].map((index) => this.kill(index)));
    rmSync(this.dir, { recursive: true, force: true });
  }

  private launch(index: number): void {
    const dir = join(this.dir, `nats-${index}`);
    mkdirSync(dir);
    writeFileSync(join(dir, "nats.conf"), this.config(index, dir));
    const args = ["-c", join(dir, "nats.conf"), "-l", join(dir, "nats.log")];
    this.processes[index] = spawn(tool("nats-server"), args, { stdio: "ignore" });
  }

  private async healthy(index: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    const url = `http://127.0.0.1:${this.port(index).http}/healthz`;
    // A server that is cut off finds no majority, and is never healthy; that it listens is enough.
    for (;;) {
      const up = this.isApart(index)
        ? (await connectTcp("127.0.0.1", this.port(index).client, 500)) === "open"
        : await fetch(url).then(
            (response) => response.ok,
            () => false,
          );
      if (up) return;
      if (Date.now() > deadline)
        throw new Error(`nats-${index} is not healthy; see ${this.dir}/nats-${index}/nats.log`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Waits until the leader of JetStream's metadata group counts every other server of it as current: a healthy one may still be new to it. */
  private async followersCurrent(): Promise<void> {
    const together = [0, 1, 2].filter((index) => !this.isApart(index));
    const deadline = Date.now() + 60_000;
    for (;;) {
      const answers = await Promise.all(
        together.map((index) => fetch(`http://127.0.0.1:${this.port(index).http}/jsz`)),
      );
      const groups = (await Promise.all(answers.map((answer) => answer.json()))) as MetaGroup[];
      const followers = groups.flatMap(({ meta_cluster }) => meta_cluster?.replicas ?? []);
      const current = followers.filter((follower) => follower.current).length;
      if (current >= together.length - 1) return;
      if (Date.now() > deadline) throw new Error(`the metadata group does not settle: ${JSON.stringify(groups)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private isApart(index: number): boolean {
    return this.faults.isolated === index || this.faults.open === index;
  }

  private config(index: number, dir: string): string {
    const { client, cluster, leafnode, http } = this.port(index);
    // JetStream in a cluster wants routes; one that is apart has only that to a port where nobody listens.
    const peers = this.ports.filter((_, peer) => !this.isApart(peer));
    const routes = this.isApart(index)
      ? ["nats://127.0.0.1:1"]
      : peers.map((peer) => `nats://127.0.0.1:${peer.cluster}`);
    const { accounts, operatorJwt, sentinelJwt } = this.identity;
    const auth = authConfig({
      operatorJwt,
      systemAccountId: accounts.SYS.id,
      sentinelJwt,
      preload: Object.fromEntries(Object.values(accounts).map(({ id, jwt }) => [id, jwt])),
    });
    const { tls } = this.faults;
    return `
      server_name: nats-${index}
      host: 127.0.0.1
      port: ${client}
      http: "127.0.0.1:${http}"
      jetstream { store_dir: "${join(dir, "js")}", max_mem: 64M, max_file: 1G }
      cluster { name: test, host: 127.0.0.1, port: ${cluster}, routes: [${routes.join(", ")}] }
      ${tls ? `tls { cert_file: "${tls.cert}", key_file: "${tls.key}" }` : ""}
      leafnodes { host: 127.0.0.1, port: ${leafnode} }
      ${this.faults.open === index ? "" : `resolver { type: full, dir: "${join(dir, "jwt")}", allow_delete: true, interval: "2m" }\n${auth}`}`;
  }
}

/** Runs the bundled probe as its pod does. */
export async function runProbe(bundle: string, settings: ProbeSettings): Promise<Map<string, CheckResult>> {
  const file = join(settings.credsDir, "probe.cjs");
  writeFileSync(file, bundle);
  const probe = spawn(process.execPath, [file], {
    env: { PROBE_SETTINGS: JSON.stringify(settings) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  probe.stdout.on("data", (chunk) => {
    output += chunk;
  });
  await once(probe, "close");
  const results = output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as CheckResult);
  return new Map(results.map((result) => [result.name, result]));
}

/** Makes an authority and a certificate for `localhost` with openssl. */
export function createCertificate(dir: string): { cert: string; key: string; ca: string } {
  const file = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    file("ca.key"),
    "-out",
    file("ca.crt"),
    "-days",
    "1",
    "-subj",
    "/CN=ca",
  );
  openssl(
    ...["req", "-x509", ...newKey, "-keyout", file("tls.key"), "-out", file("tls.crt"), "-days", "1"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-CA", file("ca.crt"), "-CAkey", file("ca.key")],
  );
  return { cert: file("tls.crt"), key: file("tls.key"), ca: file("ca.crt") };
}

async function freePorts(count: number): Promise<number[]> {
  const listeners = await Promise.all(
    Array.from({ length: count }, async () => {
      const listener = createServer().listen(0, "127.0.0.1");
      await once(listener, "listening");
      return listener;
    }),
  );
  const ports = listeners.map((listener) => (listener.address() as { port: number }).port);
  for (const listener of listeners) listener.close();
  return ports;
}
