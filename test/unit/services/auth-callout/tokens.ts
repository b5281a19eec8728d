import assert from "node:assert/strict";
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  SignJWT,
} from "jose";
import { type DenialReason, Denied } from "../../../../services/auth-callout/denied";
import type { TokenIdentity } from "../../../../services/auth-callout/token/claims";

export const issuer = "https://kubernetes.default.svc.cluster.local";
export const audience = "nats";

/** A key the cluster of the tests signs with. */
export interface TokenKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  /** As it is published. */
  readonly jwk: JWK;
}

export async function tokenKey(alg: "RS256" | "ES256", kid: string): Promise<TokenKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export function published(...keys: readonly TokenKey[]): JSONWebKeySet {
  return { keys: keys.map(({ jwk }) => jwk) };
}

/** Unix seconds. */
export const now = () => Math.floor(Date.now() / 1_000);

/** Claims of a token of pod web-1 of ServiceAccount shop/web, as kubelet has it made. */
export function tokenClaims(changes: JWTPayload = {}): JWTPayload {
  return {
    iss: issuer,
    sub: "system:serviceaccount:shop:web",
    aud: [audience],
    iat: now(),
    nbf: now(),
    exp: now() + 3_600,
    jti: "4f1d8a6e-0d5e-4c39-9d5e-3b3f3a0a7a11",
    "kubernetes.io": {
      namespace: "shop",
      node: { name: "node-1", uid: "6c0e5e1c-7d2c-4d56-8a8e-1f8a7f5e2b10" },
      pod: { name: "web-1", uid: "pod-uid" },
      serviceaccount: { name: "web", uid: "account-uid" },
    },
    ...changes,
  };
}

export function signToken(key: TokenKey, claims = tokenClaims(), header: object = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
}

/** What {@link tokenClaims} say. */
export function identityOf({ iat, exp }: JWTPayload = tokenClaims()): TokenIdentity {
  return {
    namespace: "shop",
    serviceAccount: { name: "web", uid: "account-uid" },
    pod: { name: "web-1", uid: "pod-uid" },
    issuedAt: iat ?? 0,
    expiresAt: exp ?? 0,
  };
}

/** The very reason, and the very words. */
export async function assertDenied(attempt: Promise<unknown>, reason: DenialReason, detail: string): Promise<void> {
  const outcome = await attempt.catch((error: unknown) => error);
  assert.ok(outcome instanceof Denied, `was not denied: ${outcome}`);
  assert.deepEqual({ reason: outcome.reason, detail: outcome.message }, { reason, detail });
}
