import type { Msg } from "@nats-io/nats-core";
import { encodeJwt } from "../../components/identity/jwt";
import { type Signer, signerFromSeed } from "../../components/identity/nkey";
import { decodeClaims } from "../../services/creds";
import { CurveKeys, serverKeyHeader } from "../../services/xkey";
import type { TestServers } from "./verify-servers";

/** What is read of a server's question. */
interface AuthorizationRequest {
  readonly nats: { readonly user_nkey: string; readonly server_id: { readonly id: string } };
}

/**
 * Runs an auth callout that lets everybody into account PLATFORM. It signs with the platform's own code, which takes a millisecond: in
 * JavaScript a login takes a third of a second, and the probe, which asks nine times at once, waits one second before it says no itself.
 * @returns what stops it
 */
export async function answerEveryLogin(servers: TestServers): Promise<() => Promise<void>> {
  const { AUTH, PLATFORM } = servers.identity.accounts;
  const keys = new CurveKeys([servers.identity.xkeySeed]);
  const [auth, platform] = [signerOf(AUTH), signerOf(PLATFORM)];
  const connection = await servers.connect(servers.identity.creds["auth-callout"]);
  const callback = (_: Error | null, message: Msg) => {
    const opened = keys.open(message.data, message.headers?.get(serverKeyHeader) ?? "");
    if (!opened) throw new Error("not an authorization request");
    const { nats } = decodeClaims<AuthorizationRequest>(Buffer.from(opened.data).toString());
    const now = Math.floor(Date.now() / 1000);
    const user = { type: "user", version: 2, subs: -1, data: -1, payload: -1, issuer_account: PLATFORM.id } as const;
    const jwt = encodeJwt({ name: "guest", sub: nats.user_nkey, nats: user }, platform, { issuedAt: now });
    const answer = { type: "authorization_response", version: 2, jwt, issuer_account: AUTH.id } as const;
    message.respond(encodeJwt({ aud: nats.server_id.id, sub: nats.user_nkey, nats: answer }, auth, { issuedAt: now }));
  };
  connection.subscribe("$SYS.REQ.USER.AUTH", { callback });
  await connection.flush();
  return () => connection.close();
}

function signerOf({ signingKey }: TestServers["identity"]["accounts"]["AUTH"]): Signer {
  return signerFromSeed(Buffer.from(signingKey.getSeed()).toString(), "account");
}
