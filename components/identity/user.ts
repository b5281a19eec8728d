import * as pulumi from "@pulumi/pulumi";
import { roleSigningKey, type UserIssuer } from "./account";
import { type UserAccess, userClaims } from "./claims/user";
import { formatCreds } from "./creds";
import { issueJwt } from "./issued-jwt";
import { checkEpoch, generateKeyPair, type KeyPair } from "./key-pair";

/** Arguments of {@link User}. */
export interface UserArgs {
  /** Name in the JWT; shows in the server's connection list. */
  readonly name: string;
  readonly account: UserIssuer;
  /** What it may do, or the name of a role of the account that decides it. */
  readonly access: UserAccess | { readonly role: string };
  /** Rotation epoch, a whole number from 1. Add 1 for a new key and new creds. */
  readonly epoch: number;
  /** Key pair, when something (the account's `auth_users`) needs it before the user. @default a new one per epoch */
  readonly keyPair?: KeyPair;
  /** Seconds until the creds expire; a new epoch renews them. @default never */
  readonly ttlSeconds?: number;
  /** Lower-case labels; templates of a role may use them. @default none */
  readonly tags?: readonly string[];
}

/**
 * A user of an account, with its creds.
 *
 * Rotating a user does not lock out its former creds: raise the account's epoch twice (their signer is then no longer trusted), or list the
 * former public key in the account's revocations.
 * @throws {IdentityError} if the epoch is no whole number from 1, the account has no such role, or a claim is wrong
 */
export class User extends pulumi.ComponentResource {
  /** U... */
  readonly publicKey: pulumi.Output<string>;
  /** Secret: of a bearer user it is all one needs. */
  readonly jwt: pulumi.Output<string>;
  /** Secret. */
  readonly seed: pulumi.Output<string>;
  /** Text of a creds file. Secret. */
  readonly creds: pulumi.Output<string>;

  constructor(name: string, args: UserArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:User", name, {}, opts);
    const { name: userName, account, access, epoch, ttlSeconds, tags } = args;
    const children = { parent: this };
    const key = args.keyPair ?? userKeyPair(name, epoch, children);
    const signer = "role" in access ? roleSigningKey(account, userName, access.role) : account.signingKey;
    const claims = pulumi
      .all([key.publicKey, account.publicKey])
      .apply(([publicKey, accountId]) =>
        userClaims({ name: userName, publicKey, accountId, access: "role" in access ? "role" : access, tags }),
      );
    this.publicKey = key.publicKey;
    this.seed = key.seed;
    this.jwt = issueJwt(`${name}-issue`, { claims, signer, epoch, ttlSeconds }, children);
    this.creds = pulumi.all([this.jwt, this.seed]).apply(([jwt, seed]) => formatCreds({ jwt, seed }));
    this.registerOutputs({ publicKey: this.publicKey, jwt: this.jwt, seed: this.seed, creds: this.creds });
  }
}

/** Key pair of a user's epoch: resource `<name>-key-<epoch>`. */
export function userKeyPair(name: string, epoch: number, opts: pulumi.CustomResourceOptions): KeyPair {
  checkEpoch(name, epoch);
  return generateKeyPair(`${name}-key-${epoch}`, "user", opts);
}
