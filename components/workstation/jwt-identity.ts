import * as pulumi from "@pulumi/pulumi";
import { Account } from "../identity/account";
import { CredentialsSecret } from "../identity/credentials-secret";
import { generateKeyPair } from "../identity/key-pair";
import { Operator } from "../identity/operator";
import { minimumServerVersion, systemAccountLimits } from "../identity/platform-users";
import { User } from "../identity/user";
import type { JobLogin } from "../platform/buckets";
import {
  accountLimits,
  jetstreamLimits,
  type Logins,
  ofFirstUser,
  systemAccount,
  systemUser,
  userAccess,
  type WorkstationAccount,
} from "./accounts";
import { jwtAuthConfig } from "./auth-config";
import type { WorkstationIdentity, WorkstationIdentityArgs } from "./identity";

/** Arguments of {@link JwtIdentity}. */
export interface JwtIdentityArgs extends WorkstationIdentityArgs {
  /** Rotation epoch of all keys, a whole number from 1. */
  readonly epoch: number;
}

/**
 * An operator of the workstation's own, its accounts, and users with creds in Secrets `nats-<user>-creds`.
 * @throws {IdentityError} if the epoch is no whole number from 1, or a name can be no part of a Kubernetes name
 */
export class JwtIdentity extends pulumi.ComponentResource implements WorkstationIdentity {
  readonly authConfig: pulumi.Output<string>;
  readonly logins: pulumi.Output<Logins>;
  readonly secretNames: Readonly<Record<string, pulumi.Output<string>>>;
  readonly accountPublicKeys: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: JwtIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("nats-platform:workstation:JwtIdentity", name, {}, opts);
    const children = { parent: this };
    const { epoch, namespace } = args;
    // Operator and system account name each other, so the latter's identity key comes first.
    const systemKey = generateKeyPair(`${name}-account-${systemAccount}-key`, "account", children);
    const operator = new Operator(
      `${name}-operator`,
      { name: "nats-workstation", epoch, systemAccountId: systemKey.publicKey, minimumServerVersion },
      children,
    );
    const system = new Account(
      `${name}-account-${systemAccount}`,
      { operator, epoch, name: systemAccount, identity: systemKey, limits: systemAccountLimits },
      children,
    );
    const own = args.accounts.map((account) => {
      const limits = { limits: accountLimits, jetstream: jetstreamLimits(account) };
      const made = new Account(
        `${name}-account-${account.name}`,
        { operator, epoch, name: account.name, ...limits },
        children,
      );
      return { name: account.name, users: account.users, made };
    });
    const accounts = [{ name: systemAccount, users: [systemUser], made: system }, ...own];
    const users = accounts.flatMap(({ name: account, users: names, made }) =>
      names.map((user) => {
        const userArgs = { name: user, account: made, access: userAccess, epoch };
        const { creds } = new User(`${name}-user-${user}`, userArgs, children);
        const secret = new CredentialsSecret(`${name}-user-${user}-creds`, { user, namespace, creds }, children);
        return { account, user, creds, secretName: secret.secretName };
      }),
    );
    this.secretNames = Object.fromEntries(users.map(({ user, secretName }) => [user, secretName]));
    this.accountPublicKeys = Object.fromEntries(accounts.map(({ name: account, made }) => [account, made.publicKey]));
    this.logins = pulumi.secret(
      Object.fromEntries(
        accounts.map(({ name: account }) => [
          account,
          Object.fromEntries(
            users.filter((one) => one.account === account).map(({ user, creds }) => [user, { creds }]),
          ),
        ]),
      ),
    );
    const preload = pulumi
      .all(accounts.map(({ made }) => pulumi.all([made.publicKey, made.jwt])))
      .apply((entries): Record<string, string> => Object.fromEntries(entries));
    this.authConfig = pulumi.secret(
      pulumi
        .output({ operatorJwt: operator.jwt, systemAccountId: system.publicKey, preload })
        .apply((config) => jwtAuthConfig(config)),
    );
    this.registerOutputs({ accountPublicKeys: this.accountPublicKeys });
  }

  jobLogin(account: WorkstationAccount): JobLogin {
    return { credsSecret: ofFirstUser(account, this.secretNames) };
  }
}
