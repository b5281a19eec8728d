import { type AuthorizationRequest, decode, encodeAuthorizationResponse, encodeUser } from "@nats-io/jwt";
import type { Msg } from "@nats-io/nats-core";
import { fromPublic } from "@nats-io/nkeys";
import { CurveKeys, serverKeyHeader } from "../../services/xkey";
import type { TestIdentity } from "./verify-identity";
import type { TestServers } from "./verify-servers";

/** Runs an auth callout that lets everybody into account PLATFORM. @returns what stops it */
export async function answerEveryLogin(servers: TestServers): Promise<() => Promise<void>> {
  const connection = await servers.connect(servers.identity.creds["auth-callout"]);
  connection.subscribe("$SYS.REQ.USER.AUTH", { callback: (_, message) => void letIn(message, servers.identity) });
  await connection.flush();
  return () => connection.close();
}

async function letIn(message: Msg, { accounts: { AUTH, PLATFORM }, xkeySeed }: TestIdentity): Promise<void> {
  const opened = new CurveKeys([xkeySeed]).open(message.data, message.headers?.get(serverKeyHeader) ?? "");
  const request = decode<AuthorizationRequest>(Buffer.from(opened?.data ?? []).toString()).nats;
  if (!request.user_nkey || !request.server_id) throw new Error("not an authorization request");
  const user = fromPublic(request.user_nkey);
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const jwt = await encodeUser("guest", user, PLATFORM.signingKey, { ...unlimited, issuer_account: PLATFORM.id });
  const server = fromPublic(request.server_id.id);
  const response = { jwt, issuer_account: AUTH.id };
  message.respond(await encodeAuthorizationResponse(user, server, AUTH.signingKey, response, {}));
}
