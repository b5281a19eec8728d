import { createHash } from "node:crypto";
import { createCurve } from "@nats-io/nkeys";
import { encodeKeyPair, signerFromSeed } from "../../../../components/identity/nkey";
import { testKey } from "../../components/identity/keys";

/** A server's identity: its key signs as any Ed25519 key does, and is known by a public key, N... */
const entropy = createHash("sha256").update("server").digest();
const signer = signerFromSeed(encodeKeyPair("user", entropy).seed);
export const serverId = encodeKeyPair("server", entropy).publicKey;

export const user = testKey("user", "client");

/** Any JSON value. */
export type Json = Record<string, unknown>;

/** What a server says of a login with a token. */
export function requestClaims(token: string | undefined, changes: Json = {}): Json {
  return {
    aud: "nats-authorization-request",
    exp: 2_000_000_002,
    iat: 2_000_000_000,
    iss: serverId,
    jti: "WI7SXUJ7CR4Y6NTZ5EDSXYAKMOQTHHGWC2KDGGZSFHZCWXHZFFLQ",
    sub: testKey("account", "AUTH").publicKey,
    nats: {
      server_id: { name: "nats-0", host: "0.0.0.0", id: serverId, version: "2.14.2", cluster: "nats" },
      user_nkey: user.publicKey,
      client_info: { host: "10.1.2.3", port: 51_000, id: 7, user: "", name: "web", kind: "Client", type: "nats" },
      connect_opts: {
        ...(token === undefined ? {} : { auth_token: token }),
        name: "web",
        lang: "javascript",
        version: "3.4.0",
        protocol: 1,
      },
      type: "authorization_request",
      version: 2,
    },
    ...changes,
  };
}

const base64Url = (value: unknown) => Buffer.from(JSON.stringify(value) ?? "").toString("base64url");

/** A JWT of these claims, signed by the server. */
export function requestJwt(claims: unknown, header: Json = { typ: "JWT", alg: "ed25519-nkey" }): string {
  const signed = `${base64Url(header)}.${base64Url(claims)}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString("base64url")}`;
}

/** A server's curve key; `@nats-io/nkeys` encrypts and decrypts, an implementation that is not ours. */
export class ServerCurve {
  private readonly curve = createCurve();
  readonly publicKey = this.curve.getPublicKey();

  seal(data: Uint8Array | string, recipient: string): Uint8Array {
    return this.curve.seal(typeof data === "string" ? Buffer.from(data) : data, recipient);
  }

  /** @throws Error if it cannot be read */
  open(data: Uint8Array, sender: string): string {
    const opened = this.curve.open(data, sender);
    if (!opened) throw new Error("the answer cannot be decrypted");
    return Buffer.from(opened).toString();
  }
}
