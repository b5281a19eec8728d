import {
  type CryptoKey,
  errors,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";

/** Issuer of the tokens. */
export const issuer = "https://kubernetes.default.svc.cluster.local";

/** The only audience of a token that lets an app in. */
export const audience = "nats";

/** A pod as its token names it. */
export interface Workload {
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly pod: { readonly name: string; readonly uid: string };
}

interface Key {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** Signs ServiceAccount tokens, and publishes its keys, as the API server does. */
export class TokenIssuer {
  private constructor(private key: Key) {}

  static async create(): Promise<TokenIssuer> {
    return new TokenIssuer(await newKey());
  }

  /** Signs by a new key from now on, and publishes that one alone. @returns an issuer that goes on with the former one */
  async rotate(): Promise<TokenIssuer> {
    const former = new TokenIssuer(this.key);
    this.key = await newKey();
    return former;
  }

  /** A token that holds for an hour. @param changes claims that are others than those kubelet gets, undefined for one that is absent */
  token(workload: Workload, changes: JWTPayload = {}): Promise<string> {
    const claims = { ...tokenClaims(workload), ...changes };
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: this.key.id }).sign(this.key.privateKey);
  }

  /** A token signed by HS256 with the public key, in the form it is published, for its secret. */
  async signedWithPublicKey(workload: Workload): Promise<string> {
    const secret = Buffer.from(await exportSPKI(this.key.publicKey));
    return new SignJWT(tokenClaims(workload)).setProtectedHeader({ alg: "HS256", kid: this.key.id }).sign(secret);
  }

  /** What is published under `/openid/v1/jwks`. */
  async keySet(): Promise<object> {
    return { keys: [{ ...(await exportJWK(this.key.publicKey)), kid: this.key.id, alg: "RS256", use: "sig" }] };
  }

  /** Status of a TokenReview. */
  async review({ token, audiences }: { readonly token: string; readonly audiences: string[] }): Promise<object> {
    try {
      const { payload } = await jwtVerify(token, this.key.publicKey, { issuer, audience: audiences });
      const { serviceaccount } = payload["kubernetes.io"] as { serviceaccount: Workload["serviceAccount"] };
      return { authenticated: true, audiences, user: { username: payload.sub, uid: serviceaccount.uid } };
    } catch (error) {
      if (error instanceof errors.JOSEError) return { authenticated: false, error: error.message };
      throw error;
    }
  }
}

/** The token's text without a signature, and a header that says so. */
export function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}

/** The token with other claims under its old signature. */
export function altered(token: string, changes: JWTPayload): string {
  const [header, payload = "", signature] = token.split(".");
  const claims = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), ...changes };
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}

/** Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1_000);
}

function tokenClaims({ namespace, serviceAccount, pod }: Workload): JWTPayload {
  const issuedAt = now();
  return {
    iss: issuer,
    sub: `system:serviceaccount:${namespace}:${serviceAccount.name}`,
    aud: [audience],
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + 3_600,
    "kubernetes.io": { namespace, serviceaccount: serviceAccount, pod },
  };
}

let keys = 0;

async function newKey(): Promise<Key> {
  keys += 1;
  return { id: `key-${keys}`, ...(await generateKeyPair("RS256", { extractable: true })) };
}
