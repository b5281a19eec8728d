import { type ConnectionOptions, errors, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { credsAuthenticator, readCreds } from "../creds";
import type { Address, CredsFolder, Tls } from "./contract";

/** How long a login may take, in milliseconds. More than the 2 s a server waits for its auth callout. */
const connectTimeoutMs = 10_000;

/**
 * Connects to one server.
 * @param creds none: as somebody without any
 * @throws Error of the client library, or one naming the Secret that holds no creds
 */
export async function connectTo(
  { host, port }: Address,
  { tls, creds, ...options }: { tls?: Tls; creds?: CredsFolder } & Pick<ConnectionOptions, "name">,
): Promise<NatsConnection> {
  return connect({
    servers: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    timeout: connectTimeoutMs,
    // What is looked at is the state now, at this server: one that goes away is an observation, not something to wait out.
    reconnect: false,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(creds ? { authenticator: credsAuthenticator(readCreds(creds.folder, creds.secret)) } : {}),
    ...(tls ? { tls: { servername: tls.serverName, ...(tls.ca ? { ca: tls.ca } : {}) } } : {}),
    ...options,
  });
}

/**
 * What came of a request. `nobody`: the server says that nobody listens. `denied`: it says that these creds may not ask.
 * `silent`: no answer, which may be because somebody of the own account listens and does not answer.
 */
export type Reply =
  | { readonly kind: "answered"; readonly text: string; readonly status: number }
  | { readonly kind: "nobody" | "denied" | "silent" };

/** How long an answer may take, in milliseconds. */
const replyMs = 1_000;

/**
 * Sends a request.
 * @throws Error when the connection is gone
 */
export async function ask(connection: NatsConnection, subject: string, body: object = {}): Promise<Reply> {
  try {
    const message = await connection.request(subject, JSON.stringify(body), { timeout: replyMs });
    return { kind: "answered", text: message.string(), status: message.headers?.code ?? 0 };
  } catch (error) {
    const found = causes(error);
    if (found.some((cause) => cause instanceof errors.NoRespondersError)) return { kind: "nobody" };
    if (found.some((cause) => cause instanceof errors.PermissionViolationError)) return { kind: "denied" };
    if (found.some((cause) => cause instanceof errors.TimeoutError)) return { kind: "silent" };
    throw error;
  }
}

/** An error and what it was caused by. */
export function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [];
}
