import { createHash } from "node:crypto";
import { type EncodedKeyPair, encodeKeyPair, type SigningKind } from "../../../../components/identity/nkey";

/** The same key pair for the same name, always. */
export function testKey(kind: SigningKind, name: string): EncodedKeyPair {
  return encodeKeyPair(kind, createHash("sha256").update(name).digest());
}

/** Digest in hex, by which the reference knows seeds and creds. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The claims of a JWT, without any check. */
// biome-ignore lint/suspicious/noExplicitAny: tests look at whatever is there
export function claimsOf(jwt: string): any {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString());
}
