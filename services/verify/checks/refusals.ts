import { encodeUser } from "@nats-io/jwt";
import type { Authenticator } from "@nats-io/nats-core";
import { createAccount, createUser, type KeyPair } from "@nats-io/nkeys";
import { accountOf, credsAuthenticator } from "../../creds";
import { isRefusal } from "../../refusal";
import type { ProbeContext } from "../context";
import type { ServerAddress } from "../contract";
import type { Check } from "../runner";

function seedOf(pair: KeyPair): string {
  return Buffer.from(pair.getSeed()).toString();
}

/** Nobody gets in without creds. */
export const refusedWithoutCreds: Check<ProbeContext> = {
  name: "connect-refused-without-creds",
  needs: ["client-connect"],
  run: (context) => everyServerRefuses(context, undefined),
};

/** Nobody gets in with well-formed creds of an operator the servers do not know. */
export const refusedForeignOperator: Check<ProbeContext> = {
  name: "connect-refused-foreign-operator",
  needs: ["client-connect"],
  async run(context) {
    const user = createUser();
    const jwt = await encodeUser("foreign", user, createAccount());
    return everyServerRefuses(context, credsAuthenticator({ jwt, seed: seedOf(user) }));
  },
};

/** A user's JWT is worth nothing without the user's key. */
export const refusedWithoutKey: Check<ProbeContext> = {
  name: "connect-refused-jwt-without-key",
  needs: ["client-connect"],
  run: (context) =>
    everyServerRefuses(
      context,
      credsAuthenticator({ jwt: context.creds("control-plane").jwt, seed: seedOf(createUser()) }),
    ),
};

/**
 * An expired JWT no longer gets in. Only the account's signing key can make one, and that stays out of the cluster, so the platform keeps
 * creds that expired as they were issued. They prove something only if nothing but their date is wrong: same signer, valid signature, own key.
 */
export const refusedExpired: Check<ProbeContext> = {
  name: "connect-refused-expired-jwt",
  needs: ["client-connect"],
  async run(context) {
    const expired = context.creds("expired");
    const accepted = context.creds("control-plane").claims;
    const { claims } = expired;
    if (claims.iss !== accepted.iss || accountOf(claims) !== accountOf(accepted)) {
      throw new Error(
        "Secret nats-expired-creds is not signed by the key that signed nats-control-plane-creds, so it proves nothing",
      );
    }
    if (claims.exp === undefined || claims.exp * 1000 > Date.now()) {
      throw new Error("the JWT in Secret nats-expired-creds has not expired, so it proves nothing");
    }
    const seen = await everyServerRefuses(context, credsAuthenticator(expired));
    return `${seen}; expired ${new Date(claims.exp * 1000).toISOString()}, valid otherwise`;
  },
};

/**
 * Tries to connect to every live server and requires that each says no.
 * @throws Error naming the servers that let us in, or that answered something else than no
 */
export async function everyServerRefuses(
  context: ProbeContext,
  authenticator: Authenticator | undefined,
): Promise<string> {
  const problems = await Promise.all(context.liveServers.map((server) => refusal(context, server, authenticator)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length) throw new Error(found.join("; "));
  return `refused by ${context.liveServers.length} of ${context.liveServers.length} servers asked`;
}

/** What is wrong when we try to connect to a server that should refuse us; undefined if it does. */
export async function refusal(
  context: ProbeContext,
  server: ServerAddress,
  authenticator: Authenticator | undefined,
): Promise<string | undefined> {
  try {
    await context.open(authenticator, server);
  } catch (error) {
    return (await isRefusal(error, server)) ? undefined : `${server.name}: ${(error as Error).message}`;
  }
  return `${server.name} let us in`;
}
