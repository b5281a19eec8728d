import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Authenticator, ConnectionOptions, NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { xkeyKey, xkeySecretName } from "../../components/identity/object-name";
import { type Creds, credsAuthenticator, readCreds } from "../creds";
import { connectTcp } from "../tcp";
import { CurveKeys } from "../xkey";
import { credsSecret, type ProbeSettings, type ServerAddress, type User } from "./contract";

/** How long a connection to a server may take, in milliseconds. More than the 2 s a server waits for its auth callout. */
const connectTimeoutMs = 10_000;

/** How long a freshly started pod may wait for the network to learn of it, in milliseconds. */
const networkDelayMs = 8_000;

/** How long the rest of the servers may take once one has answered, in milliseconds. */
const settleMs = 1_500;

/** The observer may receive replies under this prefix only, so that it cannot listen to others' inboxes. */
const inboxPrefixes: Partial<Record<User, string>> = { observer: "_INBOX_observer" };

/** What the checks of one run share: settings, creds, connections. */
export class ProbeContext {
  private readonly connections: NatsConnection[] = [];
  private readonly known = new Map<User, Creds>();
  private readonly shared = new Map<User, Promise<NatsConnection>>();

  private constructor(
    readonly settings: ProbeSettings,
    /** Servers whose client port answers. What can be asked of a server is asked of these; that all are there is a check of its own. */
    readonly liveServers: readonly ServerAddress[],
  ) {}

  /** Looks which servers are there. A pod's addresses take a moment to reach the policies of other nodes, so the first contact may take a while. */
  static async open(settings: ProbeSettings): Promise<ProbeContext> {
    const live = await findLiveServers(settings.servers);
    return new ProbeContext(settings, live);
  }

  /** Prefix of everything this run creates: streams, buckets, connection names. */
  get prefix(): string {
    return `VERIFY_${this.settings.runId}`;
  }

  /** A subject only this run uses. */
  subject(name: string): string {
    return `verify.${this.settings.runId}.${name}`;
  }

  /** Creds of a user. @throws Error naming the Secret when it is missing or holds no creds */
  creds(user: User): Creds {
    const known = this.known.get(user);
    if (known) return known;
    const creds = readCreds(join(this.settings.credsDir, user), credsSecret(user));
    this.known.set(user, creds);
    return creds;
  }

  /** Keys that servers encrypt what they ask the callout to. @throws Error naming the Secret when it is missing or holds no keys */
  curveKeys(): CurveKeys {
    try {
      const text = readFileSync(join(this.settings.credsDir, xkeySecretName, xkeyKey), "utf8");
      return new CurveKeys(text.split("\n").filter(Boolean));
    } catch (error) {
      throw new Error(`Secret ${xkeySecretName} with key ${xkeyKey} is missing or holds no keys`, { cause: error });
    }
  }

  /** The run's one connection of a user, through the Service. */
  session(user: User): Promise<NatsConnection> {
    const existing = this.shared.get(user);
    if (existing) return existing;
    const opened = this.connect(user);
    this.shared.set(user, opened);
    return opened;
  }

  /** A connection of a user: to the given server, or through the Service. */
  async connect(user: User, server?: ServerAddress, options: ConnectionOptions = {}): Promise<NatsConnection> {
    const inboxPrefix = inboxPrefixes[user];
    return this.open(credsAuthenticator(this.creds(user)), server, inboxPrefix ? { inboxPrefix, ...options } : options);
  }

  /** A connection with any authenticator, or with none. */
  async open(
    authenticator: Authenticator | undefined,
    server: ServerAddress | undefined,
    options: ConnectionOptions = {},
  ): Promise<NatsConnection> {
    const { service, expected, caFile } = this.settings;
    const { host, port } = server ?? service;
    // A server's certificate is for the address clients use, not for each pod's.
    const tls = expected.tls
      ? { servername: service.host, ...(caFile ? { ca: readFileSync(caFile, "utf8") } : {}) }
      : undefined;
    const connection = await connect({
      servers: `${host}:${port}`,
      name: this.prefix,
      timeout: connectTimeoutMs,
      // What is looked at is the state now: a server that goes away is an observation, not something to wait out.
      reconnect: false,
      ignoreClusterUpdates: true,
      ...(authenticator ? { authenticator } : {}),
      ...(tls ? { tls } : {}),
      ...options,
    });
    this.connections.push(connection);
    return connection;
  }

  /** Closes every connection of the run. */
  async close(): Promise<void> {
    await Promise.allSettled(this.connections.map((connection) => connection.close()));
  }
}

/** Tries until all answer; once one does, the others have a moment more. */
async function findLiveServers(servers: readonly ServerAddress[]): Promise<ServerAddress[]> {
  let deadline = performance.now() + networkDelayMs;
  const live = new Set<ServerAddress>();
  while (live.size < servers.length && performance.now() < deadline) {
    for (const server of await answering(servers.filter((server) => !live.has(server)))) live.add(server);
    if (live.size) deadline = Math.min(deadline, performance.now() + settleMs);
    if (live.size < servers.length) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return servers.filter((server) => live.has(server));
}

async function answering(servers: readonly ServerAddress[]): Promise<ServerAddress[]> {
  const answers = await Promise.all(servers.map(({ host, port }) => connectTcp(host, port, 1_000)));
  return servers.filter((_, index) => answers[index] === "open");
}
