import { randomBytes } from "node:crypto";
import nacl from "tweetnacl";
import { curveBytes, publicKeyProblem } from "../components/identity/nkey";

/** What an encrypted message begins with. https://github.com/nats-io/nkeys xkeys.go */
const version = Buffer.from("xkv1");

/** Header with the public curve key, X..., of the server that encrypted a request. */
export const serverKeyHeader = "Nats-Server-Xkey";

const nonceBytes = nacl.box.nonceLength;

/** Servers remembered, so that two keys are multiplied once, not for every message: 5 ms in JavaScript. */
const mostServers = 1_000;

/** A message that was opened, and by which of our keys: the answer has to be sealed by the same one. */
export interface Opened {
  readonly data: Uint8Array;
  /** Encrypts the answer to who sent the message. */
  seal(data: Uint8Array): Uint8Array;
}

/** The keys that servers encrypt to: that of the epoch, the one before and the one after. */
export class CurveKeys {
  private readonly secrets: readonly Uint8Array[];
  private readonly shared = new Map<string, Uint8Array[]>();

  /**
   * @param seeds SX..., at least one
   * @throws {IdentityError | Error} if one is none; no seed is in the message
   */
  constructor(seeds: readonly string[]) {
    if (seeds.length === 0) throw new Error("there is no seed of a curve key (SX...)");
    this.secrets = seeds.map(curveBytes);
  }

  /**
   * @param sender public key, X..., of the server
   * @returns undefined if none of our keys opens the message, or it is none
   */
  open(message: Uint8Array, sender: string): Opened | undefined {
    if (message.length <= version.length + nonceBytes || !version.equals(message.subarray(0, version.length))) return;
    if (publicKeyProblem("sender", "curve", sender)) return;
    const nonce = message.subarray(version.length, version.length + nonceBytes);
    const box = message.subarray(version.length + nonceBytes);
    for (const key of this.sharedWith(sender)) {
      const data = nacl.box.open.after(box, nonce, key);
      if (data) return { data, seal: (answer) => seal(answer, key) };
    }
  }

  private sharedWith(sender: string): readonly Uint8Array[] {
    const known = this.shared.get(sender);
    if (known) return known;
    if (this.shared.size >= mostServers) this.shared.clear();
    const theirs = curveBytes(sender);
    const keys = this.secrets.map((ours) => nacl.box.before(theirs, ours));
    this.shared.set(sender, keys);
    return keys;
  }
}

function seal(data: Uint8Array, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  return Buffer.concat([version, nonce, nacl.box.after(data, nonce, key)]);
}
