import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Authenticator } from "@nats-io/nats-core";
import { signerFromSeed, verifySignature } from "../components/identity/nkey";

/** Key of the creds in their Secret, and so the name of the file in a pod that mounts it. */
export const credsKey = "nats.creds";

/** The claims of a user JWT that the checks look at. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt */
export interface UserClaims {
  readonly jti: string;
  /** Public key of the user. */
  readonly sub: string;
  /** Public key that signed: the account's own or one of its signing keys. */
  readonly iss: string;
  /** Seconds since 1970. */
  readonly iat: number;
  /** Seconds since 1970; absent if the JWT never expires. */
  readonly exp?: number;
  readonly nats: {
    readonly type: string;
    /** The account, when a signing key of it signed. */
    readonly issuer_account?: string;
    readonly bearer_token?: boolean;
    readonly pub?: Permission;
    readonly sub?: Permission;
  };
}

interface Permission {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** A creds file, read. */
export interface Creds {
  readonly jwt: string;
  readonly claims: UserClaims;
  /** Absent for a bearer user. */
  readonly seed?: string;
}

/**
 * Reads creds as mounted in a pod.
 * @param folder where the Secret is mounted
 * @param secret name of the Secret, for messages
 * @throws Error naming the Secret when it is missing or holds no creds
 */
export function readCreds(folder: string, secret: string): Creds {
  let text: string;
  try {
    text = readFileSync(join(folder, credsKey), "utf8");
  } catch {
    throw new Error(`Secret ${secret} with key ${credsKey} is missing`);
  }
  try {
    return parseCreds(text);
  } catch (error) {
    throw new Error(`Secret ${secret}, key ${credsKey}: ${(error as Error).message}`);
  }
}

/**
 * Parses a creds file: a user JWT and, unless it is a bearer, the user's seed, each between marker lines.
 * @throws Error that says what is wrong without quoting anything of it
 */
export function parseCreds(text: string): Creds {
  const block = (label: string) =>
    new RegExp(`-{3,}\\s*BEGIN ${label}\\s*-{3,}\\s+(\\S+)\\s+-{3,}\\s*END ${label}`).exec(text)?.[1];
  const jwt = block("NATS USER JWT");
  if (!jwt) throw new Error("not a creds file: no user JWT between its markers");
  const claims = decodeUserJwt(jwt);
  const seed = block("USER NKEY SEED");
  if (!seed && !claims.nats.bearer_token) throw new Error("no user seed, and the JWT is not a bearer's");
  return { jwt, claims, ...(seed ? { seed } : {}) };
}

/**
 * Claims of a user JWT whose signature is its issuer's.
 * @throws Error that says what is wrong without quoting anything of it
 */
export function decodeUserJwt(jwt: string): UserClaims {
  const [header, payload, signature] = jwt.split(".");
  if (!header || !payload || !signature) throw new Error("the JWT has not three parts");
  const claims = decodePart<UserClaims>(payload);
  if (claims.nats?.type !== "user") throw new Error("the JWT is not a user's");
  if (!verifySignature(claims.iss, Buffer.from(`${header}.${payload}`), Buffer.from(signature, "base64url"))) {
    throw new Error("the JWT's signature is not its issuer's");
  }
  return claims;
}

/** Claims of any JWT, unverified: for those a server vouches for. */
export function decodeClaims<T>(jwt: string): T {
  return decodePart<T>(jwt.split(".")[1] ?? "");
}

function decodePart<T>(part: string): T {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as T;
  } catch {
    throw new Error("the JWT's claims are not JSON");
  }
}

/** Public key of the account a user belongs to. */
export function accountOf(claims: UserClaims): string {
  return claims.nats.issuer_account ?? claims.iss;
}

/**
 * Signs the server's nonce with the user's seed; a bearer signs nothing.
 * Not the client library's own authenticator, whose JavaScript signatures are slow enough, many at a time, for a server to lose its patience.
 */
export function credsAuthenticator({ jwt, seed }: Pick<Creds, "jwt" | "seed">): Authenticator {
  if (!seed) return () => ({ jwt });
  const signer = signerFromSeed(seed);
  return (nonce = "") => ({ jwt, nkey: signer.publicKey, sig: signer.sign(Buffer.from(nonce)).toString("base64") });
}
