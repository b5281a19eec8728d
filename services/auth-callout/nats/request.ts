import { verifyJwt } from "../../../components/identity/jwt";
import { keyKind } from "../../../components/identity/nkey";

/** What a server asks: may this client in? Of what it says, as far as it is used. */
export interface LoginRequest {
  /** Public key, U..., that the answer has to be about. */
  readonly userKey: string;
  /** Id, N..., of the server, which the answer has to be for. */
  readonly server: { readonly id: string; readonly name: string };
  /** Address and name as the client gave it. */
  readonly client: { readonly host: string; readonly name: string };
  /** Undefined where the client gave none. */
  readonly token: string | undefined;
}

/** Audience of every request. */
const requestAudience = "nats-authorization-request";

/** Longest request, in bytes: a token, certificates. */
const longestRequest = 128 * 1024;

/**
 * Reads a request, and checks that the server it names has signed it.
 * @throws Error that says what is wrong; nothing of the request is in the message
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_callout
 */
export function readRequest(data: Uint8Array): LoginRequest {
  if (data.length > longestRequest)
    throw new Error(`the request has ${data.length} bytes, more than ${longestRequest}`);
  const claims = verifiedClaims(data);
  if (claims.aud !== requestAudience) throw new Error("the request is for another audience");
  const nats = objectOf(claims.nats);
  const server = objectOf(nats.server_id);
  const userKey = textOf(nats.user_nkey);
  const serverId = textOf(server.id);
  if (keyKind(userKey) !== "user") throw new Error("the request has no user's key");
  if (keyKind(serverId) !== "server" || claims.iss !== serverId)
    throw new Error("the request is not of the server it names");
  const client = objectOf(nats.client_info);
  const options = objectOf(nats.connect_opts);
  const token = textOf(options.auth_token);
  return {
    userKey,
    server: { id: serverId, name: textOf(server.name) },
    client: { host: textOf(client.host), name: textOf(client.name) },
    token: token === "" ? undefined : token,
  };
}

/** What {@link verifyJwt} finds wrong it tells by the JWT's own words. */
function verifiedClaims(data: Uint8Array) {
  try {
    return verifyJwt(Buffer.from(data).toString("utf8"), "authorization_request");
  } catch {
    throw new Error("the request is no JWT of an authorization request, or its signature does not hold");
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
