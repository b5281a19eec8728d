import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import {
  type Authenticator,
  type ConnectionOptions,
  type NatsConnection,
  usernamePasswordAuthenticator,
} from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { ports } from "../../../components/platform/ports";
import { credsAuthenticator, parseCreds } from "../../../services/creds";
import { describeError } from "../../../services/text";
import { apiErrorMessage } from "../../api-error";
import { kubeConfig } from "../../kubernetes";
import { UnusableError } from "../errors";
import { type Forward, startForward } from "./forward";
import type { Login } from "./logins";
import { type StackFacts, stackFacts } from "./outputs";
import type { Stack } from "./stack";

/** How long a login may take, in milliseconds: the way leads through the API server, and servers wait 2 s for their callout. */
const loginMs = 10_000;

/** How long what is under way may take to end, in milliseconds. */
const endingMs = 5_000;

/** A stack with everything that commands look at: what it says of itself, Kubernetes, and its NATS. */
export class Access {
  private forward: Promise<Forward> | undefined;
  private readonly connections: NatsConnection[] = [];
  private readonly endings: (() => Promise<unknown>)[] = [];

  /** @param openForward leads to the clients' port of a ready server. @default through the Kubernetes API */
  constructor(
    readonly stack: Stack,
    readonly facts: StackFacts,
    readonly config: KubeConfig,
    private readonly openForward: () => Promise<Forward> = () =>
      startForward(config, facts.namespace, { serverPort: ports.client }),
  ) {}

  /**
   * Logs in at a ready server.
   * @throws UnusableError that says whether no server could be reached, or it refused the user
   */
  async connect(login: Login): Promise<NatsConnection> {
    this.forward ??= this.openForward();
    const forward = await this.forward;
    const tls = await this.tls();
    try {
      const connection = await connect({
        ...connectionOptions(login),
        servers: `127.0.0.1:${forward.port}`,
        timeout: loginMs,
        ...(tls ? { tls } : {}),
      });
      this.connections.push(connection);
      return connection;
    } catch (error) {
      throw new UnusableError(loginProblem(this.stack.target.stack, login, forward.problem(), error), { cause: error });
    }
  }

  /** Has something end, also when the process is interrupted, before its connections are closed. */
  beforeClose(end: () => Promise<unknown>): void {
    this.endings.push(end);
  }

  /** Closes every connection, and the way to the servers. */
  async close(): Promise<void> {
    const ended = Promise.allSettled(this.endings.splice(0).map((end) => end()));
    await Promise.race([ended, sleep(endingMs, undefined, { ref: false })]);
    await Promise.allSettled(this.connections.map((connection) => connection.close()));
    (await this.forward?.catch(() => undefined))?.close();
  }

  /** A certificate is for the address that clients in the cluster use. */
  private async tls(): Promise<{ readonly servername: string; readonly ca?: string } | undefined> {
    const { url, caSecret, namespace } = this.facts;
    const { protocol, hostname } = new URL(url);
    if (protocol !== "tls:") return undefined;
    if (!caSecret) return { servername: hostname };
    const core = this.config.makeApiClient(CoreV1Api);
    const secret = await core.readNamespacedSecret({ namespace, name: caSecret }).catch((error: unknown) => {
      throw new UnusableError(`the CA in Secret ${namespace}/${caSecret} cannot be read: ${apiErrorMessage(error)}`);
    });
    const ca = secret.data?.["ca.crt"];
    if (!ca) throw new UnusableError(`Secret ${namespace}/${caSecret} has no ca.crt, which servers are verified by`);
    return { servername: hostname, ca: Buffer.from(ca, "base64").toString() };
  }
}

/** How a user's connection differs from others: who it is, and where its answers go. */
export function connectionOptions({ account, user, proof, inboxPrefix }: Login): ConnectionOptions {
  return {
    name: `ctl as ${user} of ${account}`,
    authenticator: authenticator(user, proof),
    // What is looked at is the state now: a server that goes away is an observation, not something to wait out.
    reconnect: false,
    ignoreClusterUpdates: true,
    ...(inboxPrefix ? { inboxPrefix } : {}),
  };
}

function authenticator(user: string, proof: Login["proof"]): Authenticator {
  return "creds" in proof
    ? credsAuthenticator(parseCreds(proof.creds))
    : usernamePasswordAuthenticator(user, proof.password);
}

/** What to say when a login fails. Never quotes what proves the user. */
export function loginProblem(
  stack: string,
  { account, user }: Pick<Login, "account" | "user">,
  forwarding: string | undefined,
  error: unknown,
): string {
  if (forwarding !== undefined)
    return `no server of stack "${stack}" can be reached: ${forwarding}. Look with: ctl status`;
  const message = describeError(error);
  if (/authorization violation|authentication/i.test(message)) {
    return `servers refuse user ${user} of account ${account}: they do not hold the account as the stack has it, the user was revoked, or its tenant is suspended. Repair with: ctl deploy`;
  }
  return `cannot log in as user ${user} of account ${account}: ${message}. Look with: ctl health`;
}

/**
 * Reads what the stack says, uses it, and closes whatever was opened, also after errors and when interrupted.
 * @throws UnusableError if the stack is not up, or there is no cluster
 */
export async function withAccess<T>(stack: Stack, use: (access: Access) => Promise<T>): Promise<T> {
  const facts = await stackFacts(stack);
  const access = new Access(stack, facts, clusterConfig(stack));
  const interrupted = (signal: NodeJS.Signals) => {
    void access.close().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    return await use(access);
  } finally {
    process.off("SIGINT", interrupted).off("SIGTERM", interrupted);
    await access.close();
  }
}

/** @throws UnusableError if there is no cluster */
export function clusterConfig({ target }: Pick<Stack, "target">): KubeConfig {
  try {
    return kubeConfig(target);
  } catch (error) {
    throw new UnusableError(describeError(error), { cause: error });
  }
}
