import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { IdentityError } from "./errors";
import { encodeKeyPair, entropyOf, type KeyKind } from "./nkey";

/** A key pair of the stack. Kept in its state, encrypted. */
export interface KeyPair {
  /** Not secret: made to be shown to everybody. */
  readonly publicKey: pulumi.Output<string>;
  /** Secret. */
  readonly seed: pulumi.Output<string>;
}

/** The signing keys around an epoch. */
export interface SigningKeys {
  /** The one that signs now. */
  readonly active: KeyPair;
  /** Public keys to be trusted now, from the oldest epoch on. */
  readonly publicKeys: pulumi.Output<string[]>;
  /** Seeds of the same. Secret. */
  readonly seeds: pulumi.Output<string[]>;
}

/**
 * A key pair from a `random.RandomPassword`, the only source of entropy.
 *
 * Why not `random.RandomBytes`: its bytes are also the resource's id, and Pulumi keeps ids in the clear. A RandomPassword has none of its
 * own ("none"), and its result is encrypted. 64 letters and digits hold 381 bits, of which a key takes 256.
 * @param name of the resource; another name is another key
 * @see https://www.pulumi.com/docs/iac/concepts/secrets/#the-resource-id-cannot-be-made-secret
 */
export function generateKeyPair(name: string, kind: KeyKind, opts: pulumi.CustomResourceOptions): KeyPair {
  // Any change of these arguments replaces every key of every stack.
  const entropy = new random.RandomPassword(name, { length: 64, special: false }, opts);
  const pair = pulumi.secret(entropy.result).apply((text) => encodeKeyPair(kind, entropyOf(text)));
  return {
    publicKey: pulumi.unsecret(pair.apply(({ publicKey }) => publicKey)),
    seed: pair.apply(({ seed }) => seed),
  };
}

/**
 * Signing keys of the epochs before, at and after the given one, each its own resource `<name>-<epoch>`.
 *
 * Why three: servers do not all learn of a change at the same moment. When the epoch is raised by one, the key that signs from then on
 * was already trusted before, and the one that signed before still is, so a single `pulumi up` rotates without a gap. Raised by more than
 * one, there is a gap until every server knows the new keys. What other stacks signed with the former key has to be signed anew before the next rotation.
 * @param epoch whole number from 1
 * @throws {IdentityError} if it is not
 */
export function signingKeyWindow(
  name: string,
  kind: KeyKind,
  epoch: number,
  opts: pulumi.CustomResourceOptions,
): SigningKeys {
  checkEpoch(name, epoch);
  const key = (number: number) => generateKeyPair(`${name}-${number}`, kind, opts);
  const previous = epoch > 1 ? [key(epoch - 1)] : [];
  const active = key(epoch);
  const next = key(epoch + 1);
  const all = [...previous, active, next];
  return {
    active,
    publicKeys: pulumi.all(all.map(({ publicKey }) => publicKey)),
    seeds: pulumi.all(all.map(({ seed }) => seed)),
  };
}

/** @throws {IdentityError} if the epoch is not a whole number from 1 */
export function checkEpoch(owner: string, epoch: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 1) {
    throw new IdentityError(
      `epoch of ${owner} is ${epoch}, it must be a whole number from 1: start with 1, add 1 to rotate`,
    );
  }
}
