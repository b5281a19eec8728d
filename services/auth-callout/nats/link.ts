import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Msg, NatsConnection, Subscription } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { calloutName } from "../../../components/auth-callout/names";
import { credsAuthenticator, parseCreds } from "../../creds";
import { type Log, messageOf } from "../../log";
import { serverKeyHeader } from "../../xkey";

/** How NATS is reached. */
export interface LinkOptions {
  /** Such as `nats://nats.nats.svc.cluster.local:4222`. */
  readonly url: string;
  /** Creds of user auth-callout of account AUTH. Read at each login, so that new creds need no restart. */
  readonly credsFile: string;
  /** Authority of the servers' certificate. @default those that Node knows */
  readonly caFile?: string;
}

/** Where servers ask. */
const requestSubject = "$SYS.REQ.USER.AUTH";

/** Milliseconds between two tries to connect. */
const retryMs = 500;

/** Answers one request; undefined for no answer. */
export type Answer = (data: Uint8Array, serverKey: string | undefined) => Promise<Uint8Array | undefined>;

/** Our connection to the platform: one request goes to one of the replicas. It is kept up for ever. */
export class RequestLink {
  private connection: NatsConnection | undefined;
  private subscription: Subscription | undefined;
  private readonly underway = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly options: LinkOptions,
    private readonly log: Log,
    private readonly answer: Answer,
  ) {}

  get isConnected(): boolean {
    return this.connected;
  }

  private connected = false;

  /**
   * Connects, however long it takes, and answers from then on.
   * @throws {Error} if the creds or the authority cannot be read
   */
  async start(): Promise<void> {
    const connection = await this.connect();
    if (this.stopped) return connection.close();
    this.connection = connection;
    this.connected = true;
    void this.watch(connection);
    this.subscription = connection.subscribe(requestSubject, {
      queue: calloutName,
      callback: (error, message) => {
        if (error) this.log.error("cannot hear requests", { reason: messageOf(error) });
        else this.take(message);
      },
    });
  }

  /** Takes no more requests, answers those it has, and leaves. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.subscription?.drain().catch(() => {});
    await Promise.all(this.underway);
    await this.connection?.drain().catch(() => {});
  }

  private take(message: Msg): void {
    const answered = this.answer(message.data, message.headers?.get(serverKeyHeader) || undefined).then((body) => {
      if (body) message.respond(body);
    });
    const tracked = answered
      .catch((error: unknown) => this.log.error("cannot answer", { reason: messageOf(error) }))
      .finally(() => this.underway.delete(tracked));
    this.underway.add(tracked);
  }

  private connect(): Promise<NatsConnection> {
    const { url, credsFile, caFile } = this.options;
    const read = () => credsAuthenticator(parseCreds(readFileSync(credsFile, "utf8")));
    let authenticator = read();
    return connect({
      servers: url,
      name: calloutName,
      authenticator: (nonce?: string) => {
        try {
          authenticator = read();
        } catch (error) {
          // The library ends for good when an authenticator throws. A file may be away while kubelet or a person replaces it.
          this.log.warn("cannot read the creds; those that were read last are used", { reason: messageOf(error) });
        }
        return authenticator(nonce);
      },
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: retryMs,
      reconnectJitter: retryMs,
      // New creds may be here before the server knows them, or the other way round.
      ignoreAuthErrorAbort: true,
      pingInterval: 5_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(caFile ? { tls: { ca: readFileSync(caFile, "utf8") } } : {}),
    });
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        this.connected = false;
        this.log.warn("connection to NATS lost", { server: status.server });
      } else if (status.type === "reconnect") {
        this.connected = true;
        this.log.info("connected to NATS again", { server: status.server });
      } else if (status.type === "error") this.log.warn("NATS says", { reason: messageOf(status.error) });
    }
    this.connected = false;
    if (!this.stopped) {
      this.log.error("the connection to NATS has ended; another one is made");
      void this.restart();
    }
  }

  private async restart(): Promise<void> {
    while (!this.stopped) {
      await delay(retryMs);
      try {
        return await this.start();
      } catch (error) {
        this.log.error("cannot connect to NATS", { reason: messageOf(error) });
      }
    }
  }
}
