import { Denied } from "../denied";

/** What a verified ServiceAccount token says. */
export interface TokenIdentity {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  /** The pod it was made for; undefined for a token that `kubectl create token` made. */
  readonly pod?: { readonly name: string; readonly uid: string };
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds. */
  readonly expiresAt: number;
}

/** Verifies tokens. */
export interface TokenVerifier {
  /** @throws {Denied} if the token is not good, or cannot be verified now */
  verify(token: string): Promise<TokenIdentity>;
}

/** Longest token, in characters; those of Kubernetes have about 1,200. */
export const longestToken = 16 * 1024;

const dnsName = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * Reads the claims of a token whose signature, issuer and dates have been verified.
 * @param audience the only one the token may have
 * @throws {Denied} if they are not those of a ServiceAccount token for that audience alone
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function tokenIdentity(claims: Readonly<Record<string, unknown>>, audience: string): TokenIdentity {
  const { aud, iat, exp } = claims;
  // Made for others as well, whoever those are could use it here.
  const only = Array.isArray(aud) ? aud.length === 1 && aud[0] === audience : aud === audience;
  if (!only) throw new Denied("audience", `the token is not for ${audience} alone`);
  if (!isTime(iat) || !isTime(exp) || iat >= exp)
    throw new Denied("malformed", "the token does not say when it was issued and expires");
  const kubernetes = objectOf(claims["kubernetes.io"]);
  const account = named(kubernetes?.serviceaccount);
  const pod = kubernetes?.pod === undefined ? undefined : named(kubernetes.pod);
  const namespace = kubernetes?.namespace;
  const podIsOdd = kubernetes?.pod !== undefined && pod === undefined;
  if (typeof namespace !== "string" || !namespaceName.test(namespace) || !account || podIsOdd) {
    throw new Denied("malformed", "the token is not one of a ServiceAccount");
  }
  if (claims.sub !== `system:serviceaccount:${namespace}:${account.name}`) {
    throw new Denied("malformed", "the token's subject is not its ServiceAccount");
  }
  return { namespace, serviceAccount: account, ...(pod ? { pod } : {}), issuedAt: iat, expiresAt: exp };
}

function named(value: unknown): { name: string; uid: string } | undefined {
  const { name, uid } = objectOf(value) ?? {};
  if (typeof name !== "string" || !dnsName.test(name) || typeof uid !== "string" || uid === "") return undefined;
  return { name, uid };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
