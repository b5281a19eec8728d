import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type AppPolicy, appSignerKeys, appSignerSecretName } from "../auth-callout/names";
import type { EnvironmentEpochs } from "../environment-epochs";
import { Account, roleSigningKey } from "../identity/account";
import { AccountSecret } from "../identity/account-secret";
import { deletionClaims } from "../identity/claims/deletion";
import type { AccountLimits, JetStreamLimits } from "../identity/claims/limits";
import { CredentialsSecret } from "../identity/credentials-secret";
import { issueJwt } from "../identity/issued-jwt";
import type { KeyPair } from "../identity/key-pair";
import type { Operator } from "../identity/operator";
import { User, userKeyPair } from "../identity/user";
import { roleLabel, tenantLabel, tenantLabels, userLabel } from "../labels";
import { accountName, credsOwner } from "./names";
import { appAccess, appRole, type TenantRole, tenantRoles } from "./roles";
import { keptEpochs, refusedEpochs, revocationsOf, type UserEpochs } from "./user-epochs";

/** A user of a tenant. */
export interface TenantUser extends UserEpochs {
  /** Letters and digits; unique in its tenant. */
  readonly name: string;
  readonly role: TenantRole;
}

/** Arguments of {@link TenantIdentity}. */
export interface TenantIdentityArgs {
  /** Id of the tenant. */
  readonly tenant: string;
  /** Signs the account. */
  readonly operator: Pick<Operator, "signingKey">;
  /** Rotation epoch of the account's signing keys, a whole number from 1. */
  readonly accountEpoch: number;
  /** Epochs of the environment's keys, which go with its operator. */
  readonly environmentEpochs: EnvironmentEpochs;
  readonly limits: AccountLimits;
  readonly jetstream: JetStreamLimits;
  readonly users: readonly TenantUser[];
  /** Namespace of the account's Secret, where account-sync looks for it. */
  readonly accountsNamespace: string;
  /** Namespace of the Secret by which the authorization callout signs users of the tenant's apps. */
  readonly calloutNamespace: string;
  readonly apps: AppPolicy;
  /** Namespace of the creds' Secrets. */
  readonly tenantsNamespace: string;
}

/** Creds of one user of a tenant. */
export interface TenantCredentials {
  readonly role: TenantRole;
  /** Name of the Kubernetes Secret, key `nats.creds`. */
  readonly secretName: pulumi.Output<string>;
  /** Text of the creds file. Secret. */
  readonly creds: pulumi.Output<string>;
}

/**
 * Account of one tenant, with a signing key per role, its users, and the Secrets of both.
 * Creds that are refused, of a user that is revoked or of an epoch that is retired, have no Secret: their keys are the account's revocations.
 * @throws {IdentityError} if an epoch or a limit is wrong
 */
export class TenantIdentity extends pulumi.ComponentResource {
  readonly accountId: pulumi.Output<string>;
  /** Not secret. */
  readonly accountJwt: pulumi.Output<string>;
  /** Known only once the account's Secret exists. */
  readonly accountSecretName: pulumi.Output<string>;
  /** By user; those that are revoked have none. */
  readonly credentials: Readonly<Record<string, TenantCredentials>>;

  constructor(name: string, args: TenantIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:tenant:TenantIdentity", name, {}, opts);
    const children = { parent: this };
    const { tenant, operator, accountEpoch: epoch, users } = args;
    // Before the account, because it names those that it refuses.
    const keys = userKeys(name, users, children);
    const account = new Account(
      `${name}-account`,
      {
        name: accountName(tenant),
        operator,
        epoch,
        limits: args.limits,
        jetstream: args.jetstream,
        roles: { ...tenantRoles, [appRole]: appAccess },
        revocations: revocations(users, keys),
        description: `Tenant ${tenant}`,
      },
      children,
    );
    this.accountId = account.publicKey;
    this.accountJwt = account.jwt;
    this.accountSecretName = new AccountSecret(
      `${name}-account-secret`,
      {
        account: accountName(tenant),
        namespace: args.accountsNamespace,
        accountId: account.publicKey,
        jwt: account.jwt,
        tenant: { id: tenant, deletionJwt: deletionJwt(name, args, account, children), epochs: args.environmentEpochs },
      },
      children,
    ).secretName;
    this.createAppSigner(name, args, account);
    this.credentials = Object.fromEntries(
      users
        .filter(({ revoked }) => !revoked)
        .map((user) => [user.name, this.createUser(name, args, account, user, keys)]),
    );
    this.registerOutputs({ accountId: this.accountId, accountJwt: this.accountJwt });
  }

  private createAppSigner(
    name: string,
    { tenant, calloutNamespace, apps }: TenantIdentityArgs,
    account: Account,
  ): void {
    const { suspended, publish, subscribe } = apps;
    const policy: AppPolicy = { suspended, publish, subscribe };
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    new k8s.core.v1.Secret(
      `${name}-app-signer`,
      {
        metadata: { name: appSignerSecretName(tenant), namespace: calloutNamespace, labels: tenantLabels(tenant) },
        type: "Opaque",
        data: {
          [appSignerKeys.account]: account.publicKey.apply(base64),
          [appSignerKeys.seed]: roleSigningKey(account, appRole, appRole).seed.apply(base64),
          [appSignerKeys.policy]: base64(JSON.stringify(policy)),
        },
      },
      { parent: this },
    );
  }

  private createUser(
    name: string,
    { tenant, tenantsNamespace }: TenantIdentityArgs,
    account: Account,
    { name: user, role, epoch }: TenantUser,
    keys: ReadonlyMap<string, KeyPair>,
  ): TenantCredentials {
    const children = { parent: this };
    const { creds } = new User(
      `${name}-user-${user}`,
      { name: user, account, access: { role }, epoch, keyPair: keys.get(keyId(user, epoch)) },
      children,
    );
    const { secretName } = new CredentialsSecret(
      `${name}-${user}-creds`,
      {
        user: credsOwner(tenant, user),
        namespace: tenantsNamespace,
        creds,
        labels: { [tenantLabel]: tenant, [userLabel]: user, [roleLabel]: role },
      },
      children,
    );
    return { role, secretName, creds };
  }
}

const keyId = (user: string, epoch: number) => `${user} ${epoch}`;

function userKeys(
  name: string,
  users: readonly TenantUser[],
  opts: pulumi.CustomResourceOptions,
): ReadonlyMap<string, KeyPair> {
  return new Map(
    users.flatMap((user) =>
      keptEpochs(user).map((epoch) => [keyId(user.name, epoch), userKeyPair(`${name}-user-${user.name}`, epoch, opts)]),
    ),
  );
}

function revocations(users: readonly TenantUser[], keys: ReadonlyMap<string, KeyPair>) {
  const refused = users.flatMap((user) =>
    refusedEpochs(user).flatMap((epoch) => keys.get(keyId(user.name, epoch))?.publicKey ?? []),
  );
  return pulumi.all(refused).apply(revocationsOf);
}

function deletionJwt(
  name: string,
  { tenant, operator: { signingKey }, accountEpoch: epoch }: TenantIdentityArgs,
  account: Account,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const claims = pulumi
    .all([account.publicKey, signingKey.publicKey])
    .apply(([accountId, issuer]) => deletionClaims({ account: accountName(tenant), accountId, issuer }));
  return issueJwt(`${name}-deletion-issue`, { claims, signer: signingKey, epoch }, opts);
}
