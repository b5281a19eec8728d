import { createHash } from "node:crypto";
import { base32 } from "@nats-io/nkeys/lib/base32";
import { IdentityError } from "./errors";
import { type KeyKind, owners, type Signer, type SigningKind, verifySignature } from "./nkey";

/**
 * What a JWT is about; the `type` of its NATS claims. `generic`: an order of the operator to its servers. The other two are a server's
 * question about a login, and the answer of the authorization callout.
 */
export type JwtType = SigningKind | "generic" | "authorization_request" | "authorization_response";

/** NATS part of the claims, in the order the fields are written. */
export interface NatsClaims {
  readonly type: JwtType;
  readonly version: 2;
}

/** What a JWT says before it is issued: no issuer, no time, no id. Made by the functions in `claims/`. */
export interface Claims<N extends NatsClaims = NatsClaims> {
  /** Whom it is for. @default anybody */
  readonly aud?: string;
  /** Name for people. @default none */
  readonly name?: string;
  /** Public key the JWT is about. */
  readonly sub: string;
  readonly nats: N;
}

/** When a JWT is issued and how long it holds. */
export interface Validity {
  /** Unix seconds. Never the clock: see issue-time.ts. */
  readonly issuedAt: number;
  /** Seconds until it expires. @default it never does */
  readonly ttlSeconds?: number;
}

/** Claims of an issued JWT, times in unix seconds. */
export interface IssuedClaims<N extends NatsClaims = NatsClaims> extends Claims<N> {
  readonly exp?: number;
  readonly jti: string;
  readonly iat: number;
  readonly iss: string;
}

/** Who may sign what. Accounts could sign themselves, but a server in operator mode takes only what its operator signed. */
const signers: Readonly<Record<JwtType, KeyKind>> = {
  account: "operator",
  authorization_request: "server",
  authorization_response: "account",
  generic: "operator",
  operator: "operator",
  user: "account",
};

const header = { typ: "JWT", alg: "ed25519-nkey" } as const;

/**
 * Signs claims. The same arguments give the same bytes.
 *
 * Fields stand in the order Go's `jwt/v2` (and so nsc) writes them, with its escapes. One difference: Go's `jti` covers only the
 * standard claims; ours covers everything, because a server's resolver ignores an update whose `jti` it already has.
 * @throws {IdentityError} if the signer is of the wrong kind or a time is not a whole number of seconds
 */
export function encodeJwt(claims: Claims, signer: Signer, validity: Validity): string {
  const { type } = claims.nats;
  if (signer.kind !== signers[type]) {
    throw new IdentityError(
      `the ${type} JWT "${claims.name}" is to be signed by a key of ${owners[signer.kind]}: sign it with one of ${owners[signers[type]]}`,
    );
  }
  const { issuedAt, ttlSeconds } = validity;
  if (!isPositiveInteger(issuedAt) || (ttlSeconds !== undefined && !isPositiveInteger(ttlSeconds))) {
    throw new IdentityError(
      `the ${type} JWT "${claims.name}" has issue time ${issuedAt} and time to live ${ttlSeconds}: both are whole seconds above 0, the latter may be absent`,
    );
  }
  const exp = ttlSeconds === undefined ? undefined : issuedAt + ttlSeconds;
  const { aud, name, sub, nats } = claims;
  const identified = { aud, exp, iat: issuedAt, iss: signer.publicKey, name, sub, nats };
  const jti = Buffer.from(base32.encode(createHash("sha512-256").update(goJson(identified)).digest())).toString(
    "ascii",
  );
  const issued: IssuedClaims = { aud, exp, jti, iat: issuedAt, iss: signer.publicKey, name, sub, nats };
  const signed = `${base64Url(goJson(header))}.${base64Url(goJson(issued))}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString("base64url")}`;
}

/**
 * SHA-256, in hex, of everything that makes one JWT different from another, times and id left out: when it changes, a new JWT is due.
 * @param issuer public key of the signer
 */
export function claimsDigest(claims: Claims, issuer: string, ttlSeconds?: number): string {
  const { aud, name, sub, nats } = claims;
  return createHash("sha256")
    .update(goJson({ aud, iss: issuer, name, sub, nats, ttlSeconds }))
    .digest("hex");
}

/**
 * Reads a JWT and checks its signature, not its dates: those are the server's to judge, at the time of use.
 * @param token the JWT; spaces and line ends around it are ignored
 * @param type what it must be about
 * @throws {IdentityError} if it is no NATS JWT (version 2), of another type, or its signature does not hold; the token is not in the message
 */
export function verifyJwt(token: string, type: JwtType): IssuedClaims {
  const parts = token.trim().split(".");
  const [encodedHeader = "", encodedClaims = "", signature = ""] = parts;
  const head = parseJson(encodedHeader) as Partial<typeof header> | undefined;
  const claims = parseJson(encodedClaims) as IssuedClaims | undefined;
  if (parts.length !== 3 || head?.alg !== header.alg || claims?.nats?.version !== 2) {
    throw new IdentityError(
      `the ${type} JWT given is not a NATS JWT of version 2; one of your own is what \`nsc describe ${type} --raw\` prints`,
    );
  }
  if (claims.nats.type !== type) {
    throw new IdentityError(`the JWT given is of type "${claims.nats.type}", expected "${type}"`);
  }
  const signed = Buffer.from(`${encodedHeader}.${encodedClaims}`);
  if (!verifySignature(claims.iss, signed, Buffer.from(signature, "base64url"))) {
    throw new IdentityError(
      `the signature of the ${type} JWT "${claims.name}" does not hold: it was cut or changed, copy it again`,
    );
  }
  return claims;
}

/** JSON as Go's encoding/json writes it: no spaces, undefined left out, `<`, `>` and `&` escaped. */
function goJson(value: object): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function parseJson(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function base64Url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
