import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { IdentityError } from "./errors";
import { encodeKeyPair, type SigningKind } from "./nkey";

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
}

/**
 * A key pair from 32 bytes of a `random.RandomBytes`, the only source of entropy.
 * @param name of the resource; another name is another key
 */
export function generateKeyPair(name: string, kind: SigningKind, opts: pulumi.CustomResourceOptions): KeyPair {
  const entropy = new random.RandomBytes(name, { length: 32 }, opts);
  const pair = pulumi.secret(entropy.base64).apply((bytes) => encodeKeyPair(kind, bytes));
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
 * one, there is a gap until every server knows the new keys.
 * @param epoch whole number from 1
 * @throws {IdentityError} if it is not
 */
export function signingKeyWindow(
  name: string,
  kind: SigningKind,
  epoch: number,
  opts: pulumi.CustomResourceOptions,
): SigningKeys {
  checkEpoch(name, epoch);
  const key = (number: number) => generateKeyPair(`${name}-${number}`, kind, opts);
  const previous = epoch > 1 ? [key(epoch - 1)] : [];
  const active = key(epoch);
  const next = key(epoch + 1);
  return { active, publicKeys: pulumi.all([...previous, active, next].map(({ publicKey }) => publicKey)) };
}

/** @throws {IdentityError} if the epoch is not a whole number from 1 */
export function checkEpoch(owner: string, epoch: number): void {
  if (!Number.isSafeInteger(epoch) || epoch < 1) {
    throw new IdentityError(
      `epoch of ${owner} is ${epoch}, it must be a whole number from 1: start with 1, add 1 to rotate`,
    );
  }
}
