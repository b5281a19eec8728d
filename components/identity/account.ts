import * as pulumi from "@pulumi/pulumi";
import { type AccountClaimsArgs, accountClaims, type ScopedSigningKey } from "./claims/account";
import type { UserAccess } from "./claims/user";
import { IdentityError } from "./errors";
import { readSystemAccount } from "./existing";
import { issueJwt } from "./issued-jwt";
import { generateKeyPair, type KeyPair, type SigningKeys, signingKeyWindow } from "./key-pair";
import { signerFromSeed } from "./nkey";
import type { Operator } from "./operator";

/** What signs users: an {@link Account} of this stack, or one made elsewhere. */
export interface UserIssuer {
  /** Account id, A... */
  readonly publicKey: pulumi.Output<string>;
  /** Signs users of any access. */
  readonly signingKey: KeyPair;
  /** Signs users of a role. */
  readonly roleSigningKeys: Readonly<Record<string, KeyPair>>;
}

/** Arguments of {@link Account}. */
export interface AccountArgs
  extends Pick<AccountClaimsArgs, "name" | "limits" | "jetstream" | "defaultPermissions" | "exports" | "description"> {
  /** Signs the account. */
  readonly operator: Pick<Operator, "signingKey">;
  /** Rotation epoch of the signing keys, a whole number from 1. Add 1 to rotate: users are signed anew, with the same keys. */
  readonly epoch: number;
  /** Identity key, when something needs it before the account. @default a new one, never rotated */
  readonly identity?: KeyPair;
  /** Role name to what its users may do: each role gets signing keys of its own. @default none */
  readonly roles?: Readonly<Record<string, UserAccess>>;
  readonly imports?: pulumi.Input<AccountClaimsArgs["imports"]>;
  readonly revocations?: pulumi.Input<AccountClaimsArgs["revocations"]>;
  readonly authorization?: pulumi.Input<AccountClaimsArgs["authorization"]>;
}

/**
 * A NATS account: subjects, streams and users of one account are invisible to every other.
 * @throws {IdentityError} if the epoch is no whole number from 1, or a claim is wrong
 */
export class Account extends pulumi.ComponentResource implements UserIssuer {
  readonly publicKey: pulumi.Output<string>;
  /** Signed by the operator. Not secret: it holds public keys and limits. */
  readonly jwt: pulumi.Output<string>;
  readonly signingKey: KeyPair;
  readonly roleSigningKeys: Readonly<Record<string, KeyPair>>;

  constructor(name: string, args: AccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:Account", name, {}, opts);
    const { operator, epoch, identity, roles = {}, imports, revocations, authorization, ...fixed } = args;
    const children = { parent: this };
    const key = identity ?? generateKeyPair(`${name}-key`, "account", children);
    const signingKeys = signingKeyWindow(`${name}-signing-key`, "account", epoch, children);
    const roleKeys = mapValues(roles, (_, role) =>
      signingKeyWindow(`${name}-${role}-signing-key`, "account", epoch, children),
    );
    const claims = pulumi
      .all([
        key.publicKey,
        signingKeys.publicKeys,
        scopedSigningKeys(roles, roleKeys),
        imports,
        revocations,
        authorization,
      ])
      .apply(([publicKey, plain, scoped, taken, revoked, authorizing]) =>
        accountClaims({
          ...fixed,
          publicKey,
          signingKeys: plain,
          scopedSigningKeys: scoped,
          imports: taken,
          revocations: revoked,
          authorization: authorizing,
        }),
      );
    this.publicKey = key.publicKey;
    this.jwt = pulumi.unsecret(issueJwt(`${name}-issue`, { claims, signer: operator.signingKey, epoch }, children));
    this.signingKey = signingKeys.active;
    this.roleSigningKeys = mapValues(roleKeys, ({ active }) => active);
    this.registerOutputs({ publicKey: this.publicKey, jwt: this.jwt });
  }
}

/** A system account made elsewhere: its JWT is taken as it is, only users are added. */
export interface ExistingSystemAccountArgs {
  readonly jwt: pulumi.Input<string>;
  /** Seed, SA..., of one of its signing keys. Secret. */
  readonly signingKeySeed: pulumi.Input<string>;
}

/**
 * Reads a system account made elsewhere.
 * @throws {IdentityError} (when the inputs are known) if it is not the operator's, or the seed is not one of its signing keys
 */
export function existingSystemAccount(
  { jwt, signingKeySeed }: ExistingSystemAccountArgs,
  operator: Operator,
): UserIssuer & { readonly jwt: pulumi.Output<string> } {
  const seed = pulumi.secret(signingKeySeed).apply((text) => text.trim());
  const account = pulumi
    .all([jwt, seed, operator.jwt])
    .apply(([text, secret, operatorJwt]) => readSystemAccount(text, secret, operatorJwt));
  return {
    publicKey: pulumi.unsecret(account.apply(({ publicKey }) => publicKey)),
    jwt: pulumi.unsecret(pulumi.all([jwt, account]).apply(([text]) => text.trim())),
    signingKey: {
      publicKey: pulumi.unsecret(seed.apply((secret) => signerFromSeed(secret, "account").publicKey)),
      seed,
    },
    roleSigningKeys: {},
  };
}

/**
 * Key that signs users of a role.
 * @throws {IdentityError} if the account has no such role
 */
export function roleSigningKey(account: UserIssuer, user: string, role: string): KeyPair {
  const key = account.roleSigningKeys[role];
  if (key) return key;
  const known = Object.keys(account.roleSigningKeys);
  throw new IdentityError(
    `user "${user}" has role "${role}", its account has ${known.length > 0 ? known.join(", ") : "none"}: add it to the account's roles`,
  );
}

/** Each key of each role's window, with what the role may do. */
function scopedSigningKeys(
  roles: Readonly<Record<string, UserAccess>>,
  roleKeys: Readonly<Record<string, SigningKeys>>,
): pulumi.Output<ScopedSigningKey[]> {
  const perRole = Object.entries(roles).map(([role, access]) =>
    pulumi
      .output(roleKeys[role]?.publicKeys ?? [])
      .apply((publicKeys) => publicKeys.map((publicKey) => ({ publicKey, role, access }))),
  );
  return pulumi.all(perRole).apply((keys) => keys.flat());
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));
}
