import { type NatsConnection, tokenAuthenticator } from "@nats-io/nats-core";
import { accountOf, credsAuthenticator, decodeClaims, type UserClaims } from "../../creds";
import { type CurveKeys, serverKeyHeader } from "../../xkey";
import type { ProbeContext } from "../context";
import type { ServerAddress } from "../contract";
import type { Check } from "../runner";
import { everyServerRefuses, refusal } from "./refusals";

/** What a server asks the auth callout. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_callout */
interface AuthorizationRequest {
  readonly nats: {
    readonly server_id: { readonly name: string };
    readonly connect_opts: { readonly auth_token?: string; readonly jwt?: string };
  };
}

/**
 * A connection with nothing but a token reaches the auth callout, in the name of the sentinel.
 * We listen as a callout does, but answer for our own token only, and always no: whoever else connects meanwhile is left to the real callout.
 */
export const sentinel: Check<ProbeContext> = {
  name: "sentinel",
  needs: ["client-connect"],
  async run(context) {
    const { jwt, claims } = context.creds("sentinel");
    requireBearerOf(claims, context.settings.expected.accounts.AUTH);
    const problems = await Promise.all(context.liveServers.map((server) => callout(context, server, jwt)));
    const found = problems.filter((problem) => problem !== undefined);
    if (found.length) throw new Error(found.join("; "));
    return `bearer of AUTH, default_sentinel of ${context.liveServers.length} servers; a token reaches the callout, its no is obeyed`;
  },
};

/** The sentinel opens the door to the callout and nothing else. */
export const sentinelMayDoNothing: Check<ProbeContext> = {
  name: "sentinel-may-do-nothing",
  needs: ["client-connect"],
  async run(context) {
    const creds = context.creds("sentinel");
    const { pub, sub } = creds.claims.nats;
    for (const [verb, permission] of [
      ["publish", pub],
      ["subscribe", sub],
    ] as const) {
      if (!permission?.deny?.includes(">")) throw new Error(`the sentinel may ${verb}: its JWT does not deny ">"`);
    }
    const seen = await everyServerRefuses(context, credsAuthenticator(creds));
    return `may neither publish nor subscribe; alone ${seen}`;
  },
};

function requireBearerOf(claims: UserClaims, account: string | undefined): void {
  if (!claims.nats.bearer_token) throw new Error("the user in Secret nats-sentinel-creds is not a bearer");
  if (accountOf(claims) !== account) {
    throw new Error(`the user in Secret nats-sentinel-creds is of account ${accountOf(claims)}, not AUTH (${account})`);
  }
}

/** What is wrong when a client with a token of ours connects to this server; undefined if nothing is. */
async function callout(context: ProbeContext, server: ServerAddress, sentinelJwt: string): Promise<string | undefined> {
  const token = context.subject(`sentinel.${server.name}`);
  // A connection to the same server: interest on another would have to travel there first.
  const listener = await context.connect("auth-callout", server);
  const request = listenFor(listener, token, context.curveKeys());
  await listener.flush();
  const problem = await refusal(context, server, tokenAuthenticator(token));
  // Drained, so that a request that has arrived is read even if a deployed callout answered it.
  await listener.drain();
  if (problem) return problem;
  const seen = await request;
  if (!seen) return `${server.name} did not ask the auth callout about a token, encrypted to its key`;
  if (seen.nats.connect_opts.jwt !== sentinelJwt) {
    return `${server.name} has another default_sentinel than Secret nats-sentinel-creds`;
  }
  return undefined;
}

/** How long a deployed callout has to answer before we do, in milliseconds: ours must not hide that it says yes. Less than the 2 s a server waits. */
const calloutHeadStartMs = 1_000;

/** The request about our token, answered with an empty message, which is a no; undefined if none came before the connection closed. */
async function listenFor(
  listener: NatsConnection,
  token: string,
  keys: CurveKeys,
): Promise<AuthorizationRequest | undefined> {
  for await (const message of listener.subscribe("$SYS.REQ.USER.AUTH")) {
    // What is not encrypted to the callout's keys is not a request that it could take.
    const opened = keys.open(message.data, message.headers?.get(serverKeyHeader) ?? "");
    if (!opened) continue;
    const request = decodeClaims<AuthorizationRequest>(Buffer.from(opened.data).toString());
    if (request.nats.connect_opts.auth_token !== token) continue;
    setTimeout(() => listener.isClosed() || message.respond(), calloutHeadStartMs);
    return request;
  }
  return undefined;
}
