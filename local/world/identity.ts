import { randomBytes } from "node:crypto";
import type { Authenticator } from "@nats-io/nats-core";
import { type AccountClaimsArgs, accountClaims } from "../../components/identity/claims/account";
import { deletionClaims } from "../../components/identity/claims/deletion";
import type { AccountLimits } from "../../components/identity/claims/limits";
import { operatorClaims } from "../../components/identity/claims/operator";
import { everything } from "../../components/identity/claims/permissions";
import { type UserAccess, userClaims } from "../../components/identity/claims/user";
import { formatCreds } from "../../components/identity/creds";
import { encodeJwt } from "../../components/identity/jwt";
import { encodeKeyPair, type SigningKind, signerFromSeed } from "../../components/identity/nkey";
import { platformUsers } from "../../components/identity/platform-users";

const limits: AccountLimits = {
  connections: 100,
  leafNodes: 0,
  subscriptions: 1_000,
  payload: 1024 * 1024,
  data: -1,
  imports: 0,
  exports: 10,
  wildcardExports: true,
  disallowBearer: true,
};

/** A new key pair that signs. */
export function newKey(kind: SigningKind) {
  const pair = encodeKeyPair(kind, randomBytes(32));
  return { ...pair, signer: signerFromSeed(pair.seed) };
}

/** What may differ between two versions of an account. */
export interface Version {
  /** Unix seconds. @default 1000 seconds ago */
  readonly issuedAt?: number;
  /** Users whose JWTs issued so far are refused. */
  readonly revoked?: readonly string[];
  /** Who signs. @default the operator's signing key */
  readonly signer?: ReturnType<typeof newKey>;
}

/** A user, ready to log in. */
export interface TestUser {
  readonly publicKey: string;
  readonly jwt: string;
  readonly authenticator: Authenticator;
  readonly creds: string;
}

/** An account with its keys: versions of its JWT are issued at will. */
export class TestAccount {
  private readonly key = newKey("account");
  /** Signs users of any access. */
  readonly signingKey = newKey("account");

  /** @param more what it has beyond, or other than, a plain account */
  constructor(
    readonly name: string,
    private readonly operator: TestOperator,
    private readonly more: Partial<AccountClaimsArgs> = {},
  ) {}

  get id(): string {
    return this.key.publicKey;
  }

  jwt({ issuedAt = now() - 1_000, revoked = [], signer = this.operator.signingKey }: Version = {}): string {
    const claims = accountClaims({
      name: this.name,
      publicKey: this.id,
      limits,
      signingKeys: [this.signingKey.publicKey],
      revocations: Object.fromEntries(revoked.map((key) => [key, now()])),
      ...this.more,
    });
    return encodeJwt(claims, signer.signer, { issuedAt });
  }

  deleteJwt(): string {
    const { publicKey: issuer, signer } = this.operator.signingKey;
    return encodeJwt(deletionClaims({ account: this.name, accountId: this.id, issuer }), signer, { issuedAt: now() });
  }

  /** @param key of the user */
  user(access: UserAccess = { permissions: everything }, key = newKey("user")): TestUser {
    const { publicKey, seed, signer } = key;
    const claims = userClaims({ name: "user", publicKey, accountId: this.id, access });
    const jwt = encodeJwt(claims, this.signingKey.signer, { issuedAt: now() - 60 });
    const authenticator: Authenticator = (nonce = "") => ({
      jwt,
      nkey: publicKey,
      sig: signer.sign(Buffer.from(nonce)).toString("base64"),
    });
    return { publicKey, jwt, authenticator, creds: formatCreds({ jwt, seed }) };
  }
}

/** An operator with its system account. */
export class TestOperator {
  readonly signingKey = newKey("operator");
  readonly jwt: string;
  readonly system: TestAccount;

  constructor() {
    this.system = new TestAccount("SYS", this);
    const { publicKey, signer } = newKey("operator");
    const claims = operatorClaims({
      name: "test",
      publicKey,
      signingKeys: [this.signingKey.publicKey],
      systemAccountId: this.system.id,
      minimumServerVersion: "2.14.0",
    });
    this.jwt = encodeJwt(claims, signer, { issuedAt: now() - 2_000 });
  }

  account(name: string, more: Partial<AccountClaimsArgs> = {}): TestAccount {
    return new TestAccount(name, this, more);
  }

  /** The user the service logs in as, with exactly the permissions the platform gives it. */
  accountSync(): TestUser {
    return this.system.user(platformUsers["account-sync"]);
  }
}

export function now(): number {
  return Math.floor(Date.now() / 1000);
}
