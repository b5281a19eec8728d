import { readFileSync } from "node:fs";

/** Longest time of one attempt to connect and log in, in milliseconds. A server waits 2 s for its auth callout. */
const attemptMs = 5_000;
/** A connection that lived longer than this was one; an attempt that failed never takes as long. In milliseconds. */
const lastedMs = 2 * attemptMs;
/** Between two questions whether the server still answers, in milliseconds; two without an answer end the connection. The libraries ask every two minutes: a node that lost its power would not be noticed for four. */
const pingMs = 10_000;
const mostUnanswered = 2;
/** Ceiling of the first delay, and of all, in milliseconds. */
const firstCeilingMs = 1_000;
const lastCeilingMs = 10_000;

const remedy =
  "Wire the workload with the option nats: { enabled: true }; outside the cluster, set NATS_URL and NATS_TOKEN_FILE yourself.";

/** Connection options, accepted by `connect` of `@nats-io/transport-node` 3 and of `nats` 2.29. Spread them to add your own. */
export interface NatsOptions {
  servers: string;
  authenticator: () => { auth_token: string };
  inboxPrefix: string;
  timeout: number;
  pingInterval: number;
  maxPingOut: number;
  waitOnFirstConnect: true;
  ignoreAuthErrorAbort: true;
  maxReconnectAttempts: -1;
  reconnectDelayHandler: () => number;
}

/** What an app may choose about waiting for NATS. */
export interface WaitOptions {
  /**
   * Milliseconds without a connection after which the client ends: `connect` rejects, or `closed()` resolves, with a {@link NatsGaveUp}. Judged
   * after each attempt, so up to 15 s later. @default never
   */
  readonly giveUpAfterMs?: number;
  /** Told after each failed attempt, because neither library tells anything before the first connection. @default console.warn */
  readonly warn?: (message: string) => void;
}

/** There was no connection for {@link WaitOptions.giveUpAfterMs}. */
export class NatsGaveUp extends Error {
  override name = "NatsGaveUp";
}

/** NATS_URL or NATS_TOKEN_FILE is missing or of no use. */
export class NatsWiringError extends Error {
  override name = "NatsWiringError";
  constructor(problem: string) {
    super(`${problem} ${remedy}`);
  }
}

/**
 * Options to connect with as this pod's ServiceAccount, for one connection: call it for each.
 *
 * The token is read anew at every login, since kubelet replaces it. The client waits for ever, and comes back after an outage and when
 * its login expires; delays are random, so that many clients do not come back at once.
 * @param env where NATS_URL and NATS_TOKEN_FILE are
 * @throws {NatsWiringError} naming the variable, if it is missing, or its file is missing, empty or no ServiceAccount token
 */
export function natsOptions(
  env: Record<string, string | undefined> = process.env,
  wait: WaitOptions = {},
): NatsOptions {
  const servers = serverUrl(env.NATS_URL);
  const file = env.NATS_TOKEN_FILE;
  if (!file) {
    throw new NatsWiringError("NATS_TOKEN_FILE is not set; it must be the path of a ServiceAccount token for NATS.");
  }
  let token = readToken(file);
  const { namespace, serviceAccount } = identityOf(token, file);
  const policy = reconnectPolicy({
    ...wait,
    subject: `NATS_URL ${servers}`,
    identity: `${namespace}/${serviceAccount}`,
  });
  return {
    servers,
    authenticator: () => {
      policy.asked();
      try {
        token = readToken(file);
      } catch {
        // Both libraries end for good when an authenticator throws. The last token may hold still; if not, the server says so.
      }
      return { auth_token: token };
    },
    // The only inbox the ServiceAccount may subscribe to; replies to the default prefix `_INBOX` are refused.
    inboxPrefix: `_INBOX_APP.${namespace}.${serviceAccount.replaceAll(".", "_")}`,
    timeout: attemptMs,
    pingInterval: pingMs,
    maxPingOut: mostUnanswered,
    waitOnFirstConnect: true,
    // "Authorization Violation" is also what a server says while no callout answers.
    ignoreAuthErrorAbort: true,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: policy.delay,
  };
}

/** What a {@link reconnectPolicy} is made of. */
interface PolicyOptions extends WaitOptions {
  /** What it connects to, and as whom, for messages. */
  readonly subject: string;
  readonly identity: string;
  readonly random?: () => number;
  readonly now?: () => number;
}

/**
 * When to try next: after a random part of 1 s, 2 s, 4 s, ... 10 s ("full jitter"); from 1 s again once a connection has lasted.
 *
 * `delay` is made for how both libraries use a `reconnectDelayHandler`: they ask it before they dial, and again after they have slept, and
 * count what it returns from when they last dialled, so that a connection which lived long would be followed by no delay at all.
 */
export function reconnectPolicy(options: PolicyOptions): { asked: () => void; delay: () => number } {
  const { subject, identity, giveUpAfterMs = Number.POSITIVE_INFINITY, warn = console.warn } = options;
  const { random = Math.random, now = Date.now } = options;
  let dialledAt = now();
  let askedAt: number | undefined;
  let failingSince = dialledAt;
  let failures = 0;
  let dials = true;

  /** Counted from when the server asked for the token: before that, name resolution alone may take long. */
  const wasConnected = (at: number) => askedAt !== undefined && at - askedAt > lastedMs;

  function afterFailure(at: number, delayMs: number): void {
    const why =
      askedAt === undefined
        ? "it cannot be reached"
        : `it refuses ServiceAccount ${identity}, has no callout at present, or closes connections`;
    const waited = at - failingSince;
    if (waited >= giveUpAfterMs) {
      throw new NatsGaveUp(
        `${subject}: no connection for ${seconds(waited)}: ${why}. See "Client code" in docs/apps.md.`,
      );
    }
    warn(`${subject}: ${why}; trying again in ${seconds(delayMs)}.`);
  }

  return {
    asked: () => {
      askedAt = now();
    },
    delay: () => {
      const at = now();
      if (dials) {
        dials = false;
        dialledAt = at;
        askedAt = undefined;
        // At once, also when the clock was set back.
        return Number.NEGATIVE_INFINITY;
      }
      dials = true;
      const connected = wasConnected(at);
      failures = connected ? 0 : failures + 1;
      // Never 0: the library would dial at once, without asking again.
      const delayMs = Math.max(10, random() * Math.min(lastCeilingMs, firstCeilingMs * 2 ** failures));
      if (connected) failingSince = at;
      else afterFailure(at, delayMs);
      return Math.max(0, at - dialledAt) + delayMs;
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function serverUrl(url: string | undefined): string {
  if (!url) throw new NatsWiringError("NATS_URL is not set; it must be nats://<host>:<port>.");
  if (!/^nats:\/\/[a-z0-9.-]+:\d+$/i.test(url)) {
    const given = url.includes("@") ? "a URL with a user or password" : JSON.stringify(url);
    throw new NatsWiringError(`NATS_URL is ${given}; it must be nats://<host>:<port>.`);
  }
  return url;
}

function readToken(file: string): string {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NatsWiringError(
      `NATS_TOKEN_FILE is ${file}, which cannot be read (${code}); it must hold a ServiceAccount token.`,
    );
  }
  if (!token)
    throw new NatsWiringError(`NATS_TOKEN_FILE is ${file}, which is empty; it must hold a ServiceAccount token.`);
  return token;
}

/** Who a token says it is. Unverified: the server decides, this only names the inbox. */
function identityOf(token: string, file: string): { namespace: string; serviceAccount: string } {
  const { namespace, serviceaccount } = kubernetesClaims(token) ?? {};
  const name = serviceaccount?.name;
  if (!isName(namespace) || !isName(name)) {
    throw new NatsWiringError(
      `NATS_TOKEN_FILE is ${file}, which holds no ServiceAccount token: a JWT with claim kubernetes.io naming namespace and serviceaccount.`,
    );
  }
  return { namespace, serviceAccount: name };
}

function kubernetesClaims(token: string): { namespace?: unknown; serviceaccount?: { name?: unknown } } | undefined {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())["kubernetes.io"];
  } catch {
    return undefined;
  }
}

/** A name of Kubernetes can stand in a subject; `*`, `>` and blanks cannot be in one. */
function isName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value);
}
