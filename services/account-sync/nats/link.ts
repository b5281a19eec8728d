import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createInbox, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { accountSyncInboxPrefix } from "../../../components/identity/platform-users";
import { ports } from "../../../components/platform/ports";
import { credsAuthenticator, parseCreds } from "../../creds";
import { type Log, messageOf } from "../../log";
import type { ServerPod } from "../servers";
import { type Answer, type Channel, hearing } from "./requests";

/** How servers are reached. */
export interface LinkOptions {
  /** Creds of the user of the system account. Read at each login, so that new creds need no restart. */
  readonly credsFile: string;
  /** When the platform's client port has a certificate: the name it is for, and the file of its authority. */
  readonly tls?: { readonly serverName: string; readonly caFile?: string };
}

/** Milliseconds a server has to let us in. */
const connectMs = 3_000;
/** Milliseconds to the first new try after a connection is lost, and at most between two. */
const firstRetryMs = 200;
const longestRetryMs = 1_000;
/** Milliseconds between two questions whether the server still answers. */
const heartbeatMs = 2_000;
/** Milliseconds a server has to answer, and to let another answer follow. */
const answerMs = 1_000;
const followMs = 60;

/**
 * Our connection to one server. It is kept up for as long as the pod exists, through restarts of the server.
 * A server counts as alive while it answers: a connection may well outlive what is behind it.
 */
export class ServerLink implements Channel {
  private connection: NatsConnection | undefined;
  private heardServers: ReadonlySet<string> = new Set();
  private stopped = false;
  private failure: string | undefined;
  private readonly stopping = new AbortController();
  private downSince = Date.now();

  /**
   * @param onChange called with whether the server is alive and the id it has or had, whenever it has come or gone, or others hear us than before
   */
  constructor(
    readonly server: ServerPod & { readonly ip: string },
    private readonly options: LinkOptions,
    private readonly log: Log,
    private readonly onChange: (alive: boolean, serverId: string | undefined) => void,
  ) {
    void this.keepConnected();
  }

  /** Id the server gave itself when it started; undefined while it does not answer. */
  get serverId(): string | undefined {
    return this.heardServers.size > 0 ? this.connection?.info?.server_id : undefined;
  }

  /** Whether it has been tried at least once to reach the server. */
  get isTried(): boolean {
    return this.serverId !== undefined || this.failure !== undefined;
  }

  /** Ids of the servers that answered what was last sent through this connection, the server itself included. */
  get heard(): ReadonlySet<string> {
    return this.heardServers;
  }

  /** Why the server does not answer, and since when in unix milliseconds; undefined while it does. */
  get down(): { readonly since: number; readonly reason: string } | undefined {
    if (this.serverId !== undefined) return undefined;
    return { since: this.downSince, reason: this.failure ?? "not connected yet" };
  }

  async ask(subject: string, body: string, answers: number): Promise<Answer[]> {
    const options = { strategy: "count", maxMessages: answers, maxWait: answerMs } as const;
    return collect(await this.open().requestMany(subject, body, options));
  }

  async askAll(subject: string, body: string, enough: (answers: readonly Answer[]) => boolean): Promise<Answer[]> {
    const connection = this.open();
    const answers: Answer[] = [];
    const reply = createInbox(accountSyncInboxPrefix);
    await new Promise<void>((resolve) => {
      let timer = setTimeout(() => subscription.unsubscribe(), answerMs);
      const subscription = connection.subscribe(reply, {
        callback: (error, answer) => {
          if (!error) answers.push(answer);
          if (!enough(answers)) return;
          clearTimeout(timer);
          timer = setTimeout(() => subscription.unsubscribe(), followMs);
        },
      });
      void subscription.closed.then(() => {
        clearTimeout(timer);
        resolve();
      });
      connection.publish(subject, body, { reply });
    });
    return answers;
  }

  /** Asks who hears us now. @returns whether the server itself does */
  async refresh(): Promise<boolean> {
    const own = this.connection?.info?.server_id;
    const known = new Set([...this.heardServers, ...(own ? [own] : [])]);
    const heard = await hearing(this, known).catch(() => new Set<string>());
    const alive = own !== undefined && heard.has(own) && own === this.connection?.info?.server_id;
    const before = this.heardServers;
    this.heardServers = alive ? heard : new Set();
    if (!alive) this.failure ??= "it is connected, but does not answer";
    if (!isSame(before, this.heardServers)) this.changed(before.size > 0, alive);
    return alive;
  }

  /** Does not wait for the answers of a server that is known to have gone. */
  forget(serverId: string): void {
    this.heardServers = new Set([...this.heardServers].filter((id) => id !== serverId));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopping.abort();
    await this.connection?.close();
  }

  private open(): NatsConnection {
    if (!this.connection || this.connection.isClosed()) throw new Error(`not connected to ${this.server.name}`);
    return this.connection;
  }

  private changed(wasAlive: boolean, alive: boolean): void {
    const { name, ip, tenant } = this.server;
    const fields = { server: name, tenant, address: ip };
    if (alive) this.failure = undefined;
    else this.downSince = Date.now();
    if (alive && !wasAlive) this.log.info("server is there", fields);
    if (wasAlive && !alive) this.log.warn("server is not there", { ...fields, reason: this.failure });
    this.onChange(alive, this.connection?.info?.server_id);
  }

  private async keepConnected(): Promise<void> {
    for (let wait = firstRetryMs; !this.stopped; wait = Math.min(wait * 2, longestRetryMs)) {
      try {
        const connection = await this.connect();
        wait = firstRetryMs;
        await this.use(connection);
      } catch (error) {
        this.failed(messageOf(error));
      }
      await pause(wait * (0.75 + Math.random() / 2), this.stopping.signal);
    }
  }

  /** Asks again and again who hears us, for as long as the connection lasts. */
  private async use(connection: NatsConnection): Promise<void> {
    this.connection = connection;
    if (this.stopped) await connection.close();
    const gone = new AbortController();
    void connection.closed().then((error) => {
      this.failure = error ? messageOf(error) : "the connection was closed";
      gone.abort();
    });
    while (!connection.isClosed()) {
      await this.refresh();
      await pause(heartbeatMs, gone.signal);
    }
    if (this.heardServers.size === 0) return;
    this.heardServers = new Set();
    this.changed(true, false);
  }

  private connect(): Promise<NatsConnection> {
    const { server } = this;
    const tls = server.tenant === undefined ? this.options.tls : undefined;
    return connect({
      servers: `${isIPv6(server.ip) ? `[${server.ip}]` : server.ip}:${ports.client}`,
      name: "account-sync",
      authenticator: (nonce?: string) =>
        credsAuthenticator(parseCreds(readFileSync(this.options.credsFile, "utf8")))(nonce),
      inboxPrefix: accountSyncInboxPrefix,
      // A server hands out the addresses of others; this connection is for this one.
      ignoreClusterUpdates: true,
      reconnect: false,
      timeout: connectMs,
      pingInterval: 5_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(tls
        ? { tls: { servername: tls.serverName, ...(tls.caFile ? { ca: readFileSync(tls.caFile, "utf8") } : {}) } }
        : {}),
    });
  }

  private failed(reason: string): void {
    if (reason !== this.failure) this.log.warn("cannot connect", { server: this.server.name, reason });
    this.failure = reason;
  }
}

/** Waits, but not once the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => {});
}

function isSame(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return some.size === others.size && [...some].every((id) => others.has(id));
}

async function collect(messages: AsyncIterable<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for await (const message of messages) answers.push(message);
  return answers;
}
