import { type AuthorizationRequest, decode, encodeAuthorizationResponse, encodeUser } from "@nats-io/jwt";
import { fromPublic } from "@nats-io/nkeys";
import type { TestServers } from "./verify-servers";

/** Runs an auth callout that lets everybody into account PLATFORM. @returns what stops it */
export async function answerEveryLogin(servers: TestServers): Promise<() => Promise<void>> {
  const { accounts, creds } = servers.identity;
  const connection = await servers.connect(creds["auth-callout"]);
  connection.subscribe("$SYS.REQ.USER.AUTH", {
    callback: async (_, message) => {
      const request = decode<AuthorizationRequest>(message.string()).nats;
      if (!request.user_nkey || !request.server_id) return;
      const user = fromPublic(request.user_nkey);
      const jwt = await encodeUser(
        "guest",
        user,
        accounts.PLATFORM.signingKey,
        { subs: -1, data: -1, payload: -1, issuer_account: accounts.PLATFORM.id },
        {},
      );
      const answer = await encodeAuthorizationResponse(
        user,
        fromPublic(request.server_id.id),
        accounts.AUTH.signingKey,
        { jwt, issuer_account: accounts.AUTH.id },
        {},
      );
      message.respond(answer);
    },
  });
  await connection.flush();
  return () => connection.close();
}
