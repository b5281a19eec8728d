import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthorizationRequest, decode, encodeAuthorizationResponse, encodeUser } from "@nats-io/jwt";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { createAccount, fromPublic } from "@nats-io/nkeys";
import { connect } from "@nats-io/transport-node";
import { ensureTools } from "../../local/tools";
import { launchServer } from "./nats-server";

/** What the callout lets an app do. */
export interface Admission {
  /** The app may use `<namespace>.>` and this private inbox. */
  readonly namespace: string;
  readonly inboxPrefix: string;
  /** Seconds until the server ends the connection. @default it never does */
  readonly ttlSeconds?: number;
}

/** One real nats-server, at the same port after a restart, and an auth callout that decides by the token alone. */
export class ClientServer {
  /** Decides about a token; replaced by tests. */
  admit: (token: string) => Admission | undefined = () => undefined;
  /** Every token presented while a callout was there, in order. */
  readonly presented: string[] = [];

  private readonly dir = mkdtempSync(join(tmpdir(), "nats-platform-client-"));
  private readonly issuer = createAccount();
  private readonly password = randomBytes(16).toString("hex");
  private server: ChildProcess | undefined;
  private callout: NatsConnection | undefined;
  private port = -1;

  static async start(): Promise<ClientServer> {
    await ensureTools(["nats-server"]);
    const server = new ClientServer();
    await server.startServer();
    await server.startCallout();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async startServer(): Promise<void> {
    const { dir } = this;
    const config = [
      `listen: "127.0.0.1:${this.port}"`,
      `ports_file_dir: "${dir}"`,
      `accounts: { AUTH: { users: [{ user: callout, password: "${this.password}" }] }, SHOP: {} }`,
      `authorization: { timeout: 1, auth_callout: { issuer: ${this.issuer.getPublicKey()}, account: AUTH, auth_users: [callout] } }`,
    ];
    const url = await launchServer(dir, config, (server) => {
      this.server = server;
    });
    this.port = Number(new URL(url).port);
  }

  async stopServer(): Promise<void> {
    await this.stopCallout();
    if (!this.server || this.server.exitCode !== null || this.server.signalCode !== null) return;
    this.server.kill("SIGKILL");
    await once(this.server, "exit");
  }

  async startCallout(): Promise<void> {
    const login = { user: "callout", pass: this.password };
    const callout: NatsConnection = await connect({ servers: this.url, reconnect: false, ...login });
    callout.subscribe("$SYS.REQ.USER.AUTH", { callback: (_, message) => void this.answer(message) });
    await callout.flush();
    this.callout = callout;
  }

  /** Logins then go unanswered. */
  async stopCallout(): Promise<void> {
    await this.callout?.close();
    this.callout = undefined;
  }

  /** Starts what is not there. */
  async ensureUp(): Promise<void> {
    if (this.server?.exitCode !== null || this.server.signalCode !== null) await this.startServer();
    if (!this.callout || this.callout.isClosed()) await this.startCallout();
  }

  async stop(): Promise<void> {
    await this.stopServer();
    rmSync(this.dir, { recursive: true });
  }

  private async answer(message: Msg): Promise<void> {
    const request = decode<AuthorizationRequest>(message.string()).nats;
    if (!request.user_nkey || !request.server_id) throw new Error("not an authorization request");
    const token = request.connect_opts?.auth_token ?? "";
    this.presented.push(token);
    const user = fromPublic(request.user_nkey);
    const admission = this.admit(token);
    const response = admission ? { jwt: await this.userJwt(user, admission) } : { error: "not this one" };
    const server = fromPublic(request.server_id.id);
    message.respond(await encodeAuthorizationResponse(user, server, this.issuer, response, {}));
  }

  private userJwt(user: ReturnType<typeof fromPublic>, { namespace, inboxPrefix, ttlSeconds }: Admission) {
    const permissions = {
      pub: { allow: [`${namespace}.>`, "_INBOX_APP.>"] },
      sub: { allow: [`${namespace}.>`, `${inboxPrefix}.>`] },
      subs: -1,
      data: -1,
      payload: -1,
    };
    const expiry = ttlSeconds ? { exp: Math.floor(Date.now() / 1000) + ttlSeconds } : {};
    return encodeUser("app", user, this.issuer, permissions, { aud: "SHOP", ...expiry });
  }
}
