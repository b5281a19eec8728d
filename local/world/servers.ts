import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { ports } from "../../components/platform/ports";
import { ensureTools, tool } from "../tools";
import type { TestAccount, TestOperator, TestUser } from "./identity";

/** What makes one server differ from another. */
interface ServerOptions {
  readonly name: string;
  /** An address of the loopback network of its own, so that every server can have the port it has in a cluster. */
  readonly address: string;
  /** Addresses of all servers of its cluster; none for an instance. */
  readonly peers: readonly string[];
  readonly preload: ReadonlyMap<string, string>;
  readonly resolverLimit: number;
  /** Whether it stores streams, as the platform's servers do. */
  readonly jetstream: boolean;
  readonly tls?: FleetOptions["tls"];
  readonly sentinelJwt?: string;
}

/** How the platform's servers differ from three that hear each other in the clear. */
export interface FleetOptions {
  /** Index of a server without routes to the others. */
  readonly apart?: number;
  /** Certificate, key and authority, to have clients use TLS. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
  /** JWTs of accounts they know from the start, by id. @default the system account's alone */
  readonly preload?: ReadonlyMap<string, string>;
  /** JWT of the user that a login with a token alone is taken for. @default such a login is refused */
  readonly sentinelJwt?: string;
}

/** One real nats-server with a full resolver, its files kept over restarts. */
export class TestServer {
  private process: ChildProcess | undefined;

  constructor(
    private readonly dir: string,
    private readonly operator: TestOperator,
    readonly options: ServerOptions,
  ) {
    mkdirSync(dir);
  }

  get name(): string {
    return this.options.name;
  }

  get address(): string {
    return this.options.address;
  }

  /** Starts it and waits until it is healthy. */
  async start(): Promise<void> {
    const file = join(this.dir, "nats.conf");
    writeFileSync(file, this.config(), { mode: 0o600 });
    this.process = spawn(tool("nats-server"), ["-c", file, "-l", join(this.dir, "log")], { stdio: "ignore" });
    const deadline = Date.now() + 30_000;
    for (;;) {
      const url = `http://${this.address}:${ports.monitoring}/healthz`;
      if (
        await fetch(url)
          .then(({ ok }) => ok)
          .catch(() => false)
      )
        return;
      if (this.process.exitCode !== null || Date.now() > deadline) {
        throw new Error(`${this.name} does not start: ${readFileSync(join(this.dir, "log"), "utf8")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Kills it as a power loss would. */
  async kill(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  /** Makes it hang: its sockets stay open and nothing answers. */
  freeze(): void {
    this.process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.process?.kill("SIGCONT");
  }

  /** Logs in once, without reconnecting. */
  connect(user: TestUser, options: { inboxPrefix?: string } = {}): Promise<NatsConnection> {
    const { authenticator } = user;
    const servers = `${this.address}:${ports.client}`;
    return connect({
      servers,
      authenticator,
      reconnect: false,
      ignoreClusterUpdates: true,
      timeout: 5_000,
      ...options,
    });
  }

  /** Whether it lets a user in. */
  async admits(user: TestUser): Promise<boolean> {
    try {
      await (await this.connect(user)).close();
      return true;
    } catch {
      return false;
    }
  }

  /** The JWT file it has of an account; undefined if there is none. */
  stored(account: TestAccount): string | undefined {
    const file = this.fileOf(account);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  /** Changes or removes its file of an account behind its back. */
  tamper(account: TestAccount, jwt: string | undefined): void {
    if (jwt === undefined) unlinkSync(this.fileOf(account));
    else writeFileSync(this.fileOf(account), jwt);
  }

  private fileOf(account: TestAccount): string {
    return join(this.dir, "jwt", `${account.id}.jwt`);
  }

  private config(): string {
    const { name, address, peers, preload, resolverLimit, jetstream, tls, sentinelJwt } = this.options;
    const routes = peers.map((peer) => `nats://${peer}:${ports.cluster}`).join(", ");
    return `
      server_name: ${name}
      host: ${address}
      port: ${ports.client}
      http: "${address}:${ports.monitoring}"
      ${peers.length > 0 ? `cluster { name: test, host: ${address}, port: ${ports.cluster}, routes: [${routes}] }` : ""}
      ${jetstream ? `jetstream { store_dir: "${join(this.dir, "jetstream")}", max_mem: 16M, max_file: 64M }` : ""}
      ${tls ? `tls { cert_file: "${tls.cert}", key_file: "${tls.key}" }` : ""}
      operator: ${this.operator.jwt}
      system_account: ${this.operator.system.id}
      ${sentinelJwt ? `default_sentinel: ${sentinelJwt}` : ""}
      resolver { type: full, dir: "${join(this.dir, "jwt")}", allow_delete: true, interval: "2m", limit: ${resolverLimit} }
      resolver_preload: {\n${[...preload].map(([id, jwt]) => `${id}: ${jwt}`).join("\n")}\n}`;
  }
}

/** Three clustered servers of a platform, and instances beside them. */
export class TestFleet {
  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-world-"));
  private readonly network = `127.${80 + Math.floor(Math.random() * 100)}.${Math.floor(Math.random() * 250)}`;
  private next = 1;
  readonly servers: TestServer[] = [];
  readonly platform: TestServer[];

  private constructor(
    private readonly operator: TestOperator,
    systemJwt: string,
    { apart, tls, preload: more = new Map(), sentinelJwt }: FleetOptions,
  ) {
    const addresses = [0, 1, 2].map(() => this.address());
    const peers = addresses.filter((_, index) => index !== apart);
    const preload = new Map([[operator.system.id, systemJwt], ...more]);
    this.platform = addresses.map((address, index) =>
      this.add({
        name: `nats-${index}`,
        address,
        peers: index === apart ? [] : peers,
        preload,
        resolverLimit: 10_000,
        jetstream: true,
        tls,
        sentinelJwt,
      }),
    );
  }

  /** Starts the platform's servers. */
  static async start(operator: TestOperator, systemJwt: string, options: FleetOptions): Promise<TestFleet> {
    await ensureTools(["nats-server"]);
    const fleet = new TestFleet(operator, systemJwt, options);
    await Promise.all(fleet.platform.map((server) => server.start()));
    return fleet;
  }

  /** An instance of a tenant, not started. */
  instance(name: string, preload: ReadonlyMap<string, string>): TestServer {
    return this.add({ name, address: this.address(), peers: [], preload, resolverLimit: 2, jetstream: false });
  }

  /** A free address. */
  address(): string {
    return `${this.network}.${this.next++}`;
  }

  /** A file in the fleet's folder. */
  file(name: string, text: string): string {
    const file = join(this.dir, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** Path for a folder in the fleet's. */
  folder(name: string): string {
    return join(this.dir, name);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) server.thaw();
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.dir, { recursive: true, force: true });
  }

  private add(options: ServerOptions): TestServer {
    const server = new TestServer(join(this.dir, options.name), this.operator, options);
    this.servers.push(server);
    return server;
  }
}
