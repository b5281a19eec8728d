import { userClaims } from "../../../components/identity/claims/user";
import { type Claims, encodeJwt, type NatsClaims } from "../../../components/identity/jwt";
import type { Signer } from "../../../components/identity/nkey";
import { appTags } from "../../../components/tenant/roles";
import type { AppPermissions } from "../permissions";
import type { LoginRequest } from "./request";

/** A user that is let in. */
export interface AdmittedUser extends AppPermissions {
  /** For lists of connections. */
  readonly name: string;
  /** Public key, A..., of its account. */
  readonly accountId: string;
  /** Signs users of the account's role for apps. */
  readonly signer: Signer;
  /** Unix seconds: when its connection ends. */
  readonly expiresAt: number;
}

interface ResponseClaims extends NatsClaims {
  readonly type: "authorization_response";
  readonly jwt?: string;
  readonly error?: string;
  readonly issuer_account: string;
}

/** Who answers: account AUTH, by one of its signing keys. */
export interface Answerer {
  readonly signer: Signer;
  /** Public key of account AUTH, A... */
  readonly accountId: string;
}

/** The answer that lets a client in. @throws {IdentityError} if the user's claims are not sound */
export function admission(request: LoginRequest, user: AdmittedUser, answerer: Answerer, now: number): Uint8Array {
  const claims = userClaims({
    name: user.name,
    publicKey: request.userKey,
    accountId: user.accountId,
    access: "role",
    tags: [
      ...user.publish.map((subject) => `${appTags.publish}:${subject}`),
      ...user.subscribe.map((subject) => `${appTags.subscribe}:${subject}`),
    ],
  });
  const jwt = encodeJwt(claims, user.signer, { issuedAt: now, ttlSeconds: user.expiresAt - now });
  return response(request, { jwt }, answerer, now);
}

/** The answer that keeps a client out. @param reason one word, for the server's log; the client is told nothing */
export function refusal(request: LoginRequest, reason: string, answerer: Answerer, now: number): Uint8Array {
  return response(request, { error: reason }, answerer, now);
}

function response(
  { userKey, server }: LoginRequest,
  outcome: { readonly jwt: string } | { readonly error: string },
  { signer, accountId }: Answerer,
  now: number,
): Uint8Array {
  const nats: ResponseClaims = { ...outcome, issuer_account: accountId, type: "authorization_response", version: 2 };
  const claims: Claims<ResponseClaims> = { aud: server.id, sub: userKey, nats };
  return Buffer.from(encodeJwt(claims, signer, { issuedAt: now }));
}
