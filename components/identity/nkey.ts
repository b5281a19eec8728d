import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { Prefix } from "@nats-io/nkeys";
// The package's own index offers no way to encode given bytes, only to make random keys; its codec is a documented-as-internal module.
import { Codec } from "@nats-io/nkeys/lib/codec";
import { IdentityError } from "./errors";

/** What an nkey belongs to. Keys of kind `curve` (x25519, "xkeys") encrypt and cannot sign. */
export type KeyKind = "operator" | "account" | "user" | "server" | "curve";

/** Kinds that sign for us: a server keeps its key to itself. */
export type SigningKind = Exclude<KeyKind, "server" | "curve">;

/** A key pair in NATS encoding. */
export interface EncodedKeyPair {
  /** Private half: 58 characters that start with SO, SA, SU or SX. Secret. */
  readonly seed: string;
  /** Public half: 56 characters that start with O, A, U or X. */
  readonly publicKey: string;
}

/** Signs on behalf of one key. */
export interface Signer {
  readonly kind: SigningKind;
  readonly publicKey: string;
  /** Ed25519 signature, 64 bytes. Deterministic: the same bytes give the same signature. */
  sign(data: Uint8Array): Buffer;
}

const prefixes: Readonly<Record<KeyKind, Prefix>> = {
  account: Prefix.Account,
  curve: Prefix.Curve,
  operator: Prefix.Operator,
  server: Prefix.Server,
  user: Prefix.User,
};

/** For messages. */
export const owners: Readonly<Record<KeyKind, string>> = {
  account: "an account",
  curve: "a curve key",
  operator: "an operator",
  server: "a server",
  user: "a user",
};

const firstLetters: Readonly<Record<KeyKind, string>> = {
  account: "A",
  curve: "X",
  operator: "O",
  server: "N",
  user: "U",
};

// Node takes these keys in DER only: the fixed headers before the 32 bytes (RFC 8410), of Ed25519 and of X25519.
const pkcs8Header = Buffer.from("302e020100300506032b657004220420", "hex");
const spkiHeader = Buffer.from("302a300506032b6570032100", "hex");
const curvePkcs8Header = Buffer.from("302e020100300506032b656e04220420", "hex");
const keyBytes = 32;

/**
 * Encodes 32 random bytes as an nkey pair.
 * @param kind owner of the key; decides the first letters
 * @throws {IdentityError} if there are not exactly 32 bytes
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth
 */
export function encodeKeyPair(kind: KeyKind, entropy: Uint8Array): EncodedKeyPair {
  if (entropy.length !== keyBytes) {
    throw new IdentityError(
      `entropy of ${kind} key has ${entropy.length} bytes, it must have ${keyBytes}: take it from entropyOf`,
    );
  }
  return { publicKey: encodePublicKey(kind, entropy), seed: ascii(Codec.encodeSeed(prefixes[kind], entropy)) };
}

/** Letters and digits that hold 256 bits, as many as a key has. */
const least = Math.ceil(256 / Math.log2(62));

/**
 * The 32 bytes of a key from a text of random letters and digits: its SHA-256.
 * @throws {IdentityError} if the text is too short to hold 256 bits; it is not in the message
 */
export function entropyOf(text: string): Uint8Array {
  if (text.length < least) {
    throw new IdentityError(`the random text of a key has ${text.length} characters, it must have ${least} at least`);
  }
  return createHash("sha256").update(text).digest();
}

/**
 * Reads a seed and returns its signer. Signs with Node's Ed25519, about a hundred times faster than the JavaScript one of the NATS libraries.
 * @param seed SO..., SA... or SU...; spaces around it are ignored
 * @throws {IdentityError} if the seed is malformed or of another kind than `expected`; the seed is not in the message
 */
export function signerFromSeed(seed: string, expected?: SigningKind): Signer {
  const accepted = expected
    ? `a seed of ${owners[expected]} (S${firstLetters[expected]}...)`
    : "a seed (SO..., SA... or SU...)";
  const decoded = decodeSeed(seed.trim(), accepted);
  const kind = (["operator", "account", "user"] as const).find((candidate) => prefixes[candidate] === decoded.prefix);
  if (kind === undefined || (expected !== undefined && kind !== expected)) {
    throw new IdentityError(`the seed given is of kind ${kind ?? "other"}, expected ${accepted}`);
  }
  const key = createPrivateKey({ format: "der", key: Buffer.concat([pkcs8Header, decoded.raw]), type: "pkcs8" });
  return { kind, publicKey: encodePublicKey(kind, decoded.raw), sign: (data) => sign(null, data, key) };
}

/**
 * The 32 bytes of a curve key ("xkey").
 * @param key SX..., the seed, or X..., the public key; spaces around it are ignored
 * @throws {IdentityError} if it is neither; a seed is not in the message
 */
export function curveBytes(key: string): Uint8Array {
  const text = key.trim();
  if (keyKind(text) === "curve") return Codec.decode(prefixes.curve, Buffer.from(text));
  const accepted = "a curve key (X...) or its seed (SX...)";
  const { prefix, raw } = decodeSeed(text, accepted);
  if (prefix !== prefixes.curve) throw new IdentityError(`the seed given is of another kind, expected ${accepted}`);
  return raw;
}

/** Whether an Ed25519 signature holds. False, not an error, for a malformed key or signature. */
export function verifySignature(publicKey: string, data: Uint8Array, signature: Uint8Array): boolean {
  const kind = keyKind(publicKey);
  if (kind === undefined || kind === "curve") return false;
  const raw = Codec.decode(prefixes[kind], Buffer.from(publicKey));
  const key = createPublicKey({ format: "der", key: Buffer.concat([spkiHeader, raw]), type: "spki" });
  return verify(null, data, key, signature);
}

/** Kind of a public key, or undefined if it is none: wrong letter, length, alphabet or checksum. */
export function keyKind(publicKey: string): KeyKind | undefined {
  const kinds = Object.keys(prefixes) as KeyKind[];
  // Only one can be it: to try them all would cost an error each, and that is more time than a signature takes.
  const kind = kinds.find((candidate) => publicKey.startsWith(firstLetters[candidate]));
  // The library decodes text with a character too many as well.
  if (kind === undefined || publicKey.length !== 56) return undefined;
  try {
    return Codec.decode(prefixes[kind], Buffer.from(publicKey)).length === keyBytes ? kind : undefined;
  } catch {
    return undefined;
  }
}

/** A problem text if the value is not a public key of that kind, else undefined. */
export function publicKeyProblem(label: string, kind: KeyKind, value: string): string | undefined {
  if (keyKind(value) === kind) return undefined;
  // Whatever was put here by mistake may be a seed, creds or a bearer's JWT.
  const secret = /^\s*S[A-Z2-7]{10}/.test(value) || value.length > 60;
  const shown = secret ? "another text, not shown because it may be secret" : JSON.stringify(value);
  return `${label} is ${shown}; it must be the public key of ${owners[kind]} (56 characters, starts with ${firstLetters[kind]})`;
}

function decodeSeed(seed: string, accepted: string): { prefix: Prefix; raw: Uint8Array } {
  try {
    const { prefix, buf } = Codec.decodeSeed(Buffer.from(seed));
    if (buf.length === keyBytes) return { prefix, raw: buf };
  } catch {
    // The library's error may carry the input; ours must not.
  }
  throw new IdentityError(`the seed given is malformed, expected ${accepted}: copy it again, whole and on one line`);
}

function encodePublicKey(kind: KeyKind, raw: Uint8Array): string {
  const header = kind === "curve" ? curvePkcs8Header : pkcs8Header;
  const secret = createPrivateKey({ format: "der", key: Buffer.concat([header, raw]), type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  return ascii(Codec.encode(prefixes[kind], new Uint8Array(spki.subarray(spkiHeader.length))));
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("ascii");
}
