import * as pulumi from "@pulumi/pulumi";
import { Account, type ExistingSystemAccountArgs, existingSystemAccount, type UserIssuer } from "./account";
import { AccountSecret } from "./account-secret";
import { CalloutKeys } from "./callout-keys";
import { systemAccountExports } from "./claims/exports";
import { type AccountLimits, given, type JetStreamLimits } from "./claims/limits";
import { CredentialsSecret } from "./credentials-secret";
import { generateKeyPair, signingKeyWindow } from "./key-pair";
import { type ExistingOperatorArgs, Operator } from "./operator";
import {
  authAccountLimits,
  minimumServerVersion,
  type PlatformUserName,
  platformAccountLimits,
  platformUsers,
  platformUserTtlSeconds,
  systemAccountLimits,
} from "./platform-users";
import { User, userKeyPair } from "./user";

/** Accounts every platform has. */
export type PlatformAccountName = "SYS" | "PLATFORM" | "AUTH";

/** Arguments of {@link PlatformIdentity}. */
export interface PlatformIdentityArgs {
  /** Namespace of the Secrets with creds. */
  readonly namespace: pulumi.Input<string>;
  /** Namespace of the Secrets with account JWTs. */
  readonly accountsNamespace: pulumi.Input<string>;
  /** Name in the operator JWT, if the operator is generated. @default "nats-platform" */
  readonly operatorName?: string;
  /** Bring your own operator. @default one is generated and kept in the stack's state */
  readonly existingOperator?: Omit<ExistingOperatorArgs, "hasSystemAccount"> & {
    /** Required if the operator JWT names a system account. @default an account SYS is generated and signed by the operator */
    readonly systemAccount?: ExistingSystemAccountArgs;
  };
  /**
   * Rotation epochs, whole numbers from 1; add 1 to rotate. `operator` (of a generated one) and `accounts` are about signing keys, `users` about creds.
   * @default 1 each
   */
  readonly epochs?: { readonly operator?: number; readonly accounts?: number; readonly users?: number };
  readonly platform: {
    /** Overrides single limits of account PLATFORM. @default {@link platformAccountLimits} */
    readonly limits?: Partial<AccountLimits>;
    /** JetStream limits of account PLATFORM. Storage counts every replica. */
    readonly jetstream: JetStreamLimits;
  };
}

/** Creds of one user. */
export interface PlatformCredentials {
  /** Name of the Kubernetes Secret, key `nats.creds`. */
  readonly secretName: pulumi.Output<string>;
  /** Text of the creds file. Secret. */
  readonly creds: pulumi.Output<string>;
}

/**
 * All identities of a platform: operator, accounts SYS (system), PLATFORM (JetStream) and AUTH (authorization callout), their users, and
 * the Kubernetes Secrets with account JWTs (`nats-account-<name>`) and creds (`nats-<user>-creds`).
 * @throws {IdentityError} if an epoch, a limit, or an existing operator's JWT and seed are not usable
 */
export class PlatformIdentity extends pulumi.ComponentResource {
  readonly operatorPublicKey: pulumi.Output<string>;
  readonly operatorJwt: pulumi.Output<string>;
  /** Seed, SO..., that accounts are signed with. Secret: tenants' stacks sign theirs with it. */
  readonly operatorSigningSeed: pulumi.Output<string>;
  readonly systemAccountId: pulumi.Output<string>;
  readonly systemAccountJwt: pulumi.Output<string>;
  /** Public key of each account. */
  readonly accountIds: Readonly<Record<PlatformAccountName, pulumi.Output<string>>>;
  /** Account id to account JWT, for the servers' `resolver_preload`. */
  readonly preload: pulumi.Output<Record<string, string>>;
  /** For the servers' `default_sentinel`. Secret. */
  readonly sentinelJwt: pulumi.Output<string>;
  readonly credentials: Readonly<Record<PlatformUserName, PlatformCredentials>>;
  /** Of the authorization callout. */
  readonly calloutKeys: CalloutKeys;

  constructor(name: string, args: PlatformIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:identity:PlatformIdentity", name, {}, opts);
    const children = { parent: this };
    const { operator: operatorEpoch = 1, accounts: accountEpoch = 1, users: userEpoch = 1 } = args.epochs ?? {};
    const { existingOperator, namespace } = args;

    // Operator and system account name each other, so the latter's identity key comes first.
    const systemKey = existingOperator?.systemAccount
      ? undefined
      : generateKeyPair(`${name}-sys-key`, "account", children);
    const operator = new Operator(
      `${name}-operator`,
      operatorArgs(args, operatorEpoch, systemKey?.publicKey),
      children,
    );
    // The same for account AUTH, which names the user that answers its callouts.
    const calloutKey = userKeyPair(`${name}-auth-callout`, userEpoch, children);
    // That of the former epoch is still in the hands of running replicas, or nobody could log in until they have the new one.
    const formerCalloutKeys = userEpoch > 1 ? [userKeyPair(`${name}-auth-callout`, userEpoch - 1, children)] : [];
    const xkeys = signingKeyWindow(`${name}-auth-callout-xkey`, "curve", accountEpoch, children);

    const account = { operator, epoch: accountEpoch };
    const accounts: Record<PlatformAccountName, UserIssuer & { readonly jwt: pulumi.Output<string> }> = {
      SYS: existingOperator?.systemAccount
        ? existingSystemAccount(existingOperator.systemAccount, operator)
        : new Account(
            `${name}-sys`,
            {
              ...account,
              name: "SYS",
              identity: systemKey,
              limits: systemAccountLimits,
              exports: systemAccountExports,
              description: "System account: server events and monitoring",
            },
            children,
          ),
      PLATFORM: new Account(
        `${name}-platform`,
        {
          ...account,
          name: "PLATFORM",
          limits: { ...platformAccountLimits, ...given(args.platform.limits ?? {}) },
          jetstream: args.platform.jetstream,
          description: "JetStream of the platform itself",
        },
        children,
      ),
      AUTH: new Account(
        `${name}-auth`,
        {
          ...account,
          name: "AUTH",
          limits: authAccountLimits,
          // Any account, because tenants come and go without touching the platform's stack. It gives the callout no power of its own:
          // a login lands in an account only with a JWT signed by a signing key of that account.
          authorization: pulumi
            .all([xkeys.active.publicKey, ...[calloutKey, ...formerCalloutKeys].map(({ publicKey }) => publicKey)])
            .apply(([xkey, ...authUsers]) => ({ authUsers, allowedAccounts: ["*"], xkey })),
          description: "Authorization callout: logins are decided here",
        },
        children,
      ),
    };

    const user = (userName: PlatformUserName, owner: UserIssuer, keyPair?: typeof calloutKey): User =>
      new User(
        `${name}-${userName}`,
        {
          name: userName,
          account: owner,
          access: platformUsers[userName],
          epoch: userEpoch,
          keyPair,
          ttlSeconds: platformUserTtlSeconds[userName],
        },
        children,
      );
    const users: Record<PlatformUserName, User> = {
      system: user("system", accounts.SYS),
      "account-sync": user("account-sync", accounts.SYS),
      "control-plane": user("control-plane", accounts.PLATFORM),
      observer: user("observer", accounts.PLATFORM),
      "auth-callout": user("auth-callout", accounts.AUTH, calloutKey),
      sentinel: user("sentinel", accounts.AUTH),
      expired: user("expired", accounts.PLATFORM),
    };

    for (const [accountName, { publicKey, jwt }] of Object.entries(accounts)) {
      const secret = { account: accountName, namespace: args.accountsNamespace, accountId: publicKey, jwt };
      new AccountSecret(`${name}-account-${accountName.toLowerCase()}`, secret, children);
    }
    this.credentials = mapRecord(users, ({ creds }, userName) => {
      const secret = new CredentialsSecret(`${name}-${userName}-creds`, { user: userName, namespace, creds }, children);
      return { secretName: secret.secretName, creds };
    });
    this.operatorPublicKey = operator.publicKey;
    this.operatorJwt = operator.jwt;
    this.operatorSigningSeed = operator.signingKey.seed;
    this.systemAccountId = accounts.SYS.publicKey;
    this.systemAccountJwt = accounts.SYS.jwt;
    this.accountIds = mapRecord(accounts, ({ publicKey }) => publicKey);
    this.preload = pulumi
      .all(Object.values(accounts).map(({ publicKey, jwt }) => pulumi.all([publicKey, jwt])))
      .apply((entries) => Object.fromEntries(entries));
    this.sentinelJwt = users.sentinel.jwt;
    this.calloutKeys = new CalloutKeys(
      `${name}-auth-callout`,
      { namespace, signingSeed: accounts.AUTH.signingKey.seed, xkeySeeds: xkeys.seeds },
      children,
    );
    this.registerOutputs({
      operatorPublicKey: this.operatorPublicKey,
      operatorJwt: this.operatorJwt,
      accountIds: this.accountIds,
      preload: this.preload,
    });
  }
}

function operatorArgs(
  { existingOperator, operatorName = "nats-platform" }: PlatformIdentityArgs,
  epoch: number,
  systemAccountId: pulumi.Output<string> | undefined,
): ConstructorParameters<typeof Operator>[1] {
  if (existingOperator) return { ...existingOperator, hasSystemAccount: existingOperator.systemAccount !== undefined };
  return { name: operatorName, epoch, systemAccountId: systemAccountId ?? "", minimumServerVersion };
}

function mapRecord<K extends string, A, B>(record: Readonly<Record<K, A>>, f: (value: A, key: K) => B): Record<K, B> {
  const entries = (Object.entries(record) as [K, A][]).map(([key, value]) => [key, f(value, key)]);
  return Object.fromEntries(entries) as Record<K, B>;
}
