import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Operator } from "../../components/identity/operator";
import { PlatformIdentity } from "../../components/identity/platform-identity";
import type { TenantUser } from "../../components/tenant/identity";
import { TenantIdentity, type TenantIdentityArgs } from "../../components/tenant/identity";
import type { InstanceConfigArgs } from "../../components/tenant/nats-config";
import { FakeEngine, type Registered, unwrap } from "../unit/components/identity/fake-engine";

const platform = {
  namespace: "nats",
  accountsNamespace: "nats-accounts",
  platform: { jetstream: { memoryStorage: 1024 ** 2, diskStorage: 1024 ** 2 } },
};

export const users: readonly TenantUser[] = (["worker", "admin", "observer"] as const).map((role) => ({
  name: role,
  role,
  epoch: 1,
  retiredEpoch: 0,
  revoked: false,
}));

const limits = {
  connections: 20,
  leafNodes: 0,
  subscriptions: 100,
  payload: 64 * 1024,
  data: 1024 ** 3,
  imports: 0,
  exports: 0,
  wildcardExports: false,
  disallowBearer: true,
};

/** A tenant as its stack made it, everything unwrapped. */
export interface MadeTenant {
  readonly id: string;
  readonly jwt: string;
  /** What deletes the account. */
  readonly deletionJwt: string;
  readonly creds: Readonly<Record<string, string>>;
  readonly instance: InstanceConfigArgs;
}

/** The identity of an environment and its tenants, each run as a stack of its own against an engine of its own. */
export class Identities {
  private readonly engines = new Map<string, FakeEngine>();
  private readonly issuedFrom = Math.floor(Date.now() / 1000) - 3600;
  platform!: PlatformIdentity;

  async upPlatform(epochs: { operator?: number } = {}): Promise<PlatformIdentity> {
    const { result } = await this.engine("platform").up(() => new PlatformIdentity("nats", { ...platform, epochs }));
    this.platform = result;
    return result;
  }

  async upTenant(id: string, changes: Partial<TenantIdentityArgs> = {}): Promise<MadeTenant> {
    const { operatorJwt, operatorSigningSeed, systemAccountId, systemAccountJwt } = this.platform;
    const [jwt = "", signingKeySeed = "", systemId = "", systemJwt = ""] = await unwrap(
      pulumi.all([operatorJwt, operatorSigningSeed, systemAccountId, systemAccountJwt]),
    );
    const { result, resources } = await this.engine(id).up(
      () =>
        new TenantIdentity(id, {
          tenant: id,
          operator: new Operator("environment", { jwt, signingKeySeed, hasSystemAccount: true }),
          accountEpoch: 1,
          environmentEpochs: { operator: 1, accounts: 1 },
          calloutNamespace: "nats-callout",
          apps: { suspended: false, publish: ["orders.>"], subscribe: [] },
          limits,
          jetstream: { memoryStorage: 1024 ** 2, diskStorage: 8 * 1024 ** 2, streams: 2, consumers: 10 },
          users,
          accountsNamespace: "nats-accounts",
          tenantsNamespace: "vrsky-tenants",
          ...changes,
        }),
    );
    const accountJwt = await unwrap(result.accountJwt);
    const creds = await Promise.all(
      Object.entries(result.credentials).map(async ([user, { creds: text }]) => [user, await unwrap(text)]),
    );
    return {
      id: await unwrap(result.accountId),
      jwt: accountJwt,
      deletionJwt: secretText(resources, `${id}-account-secret`, "delete.jwt"),
      creds: Object.fromEntries(creds),
      instance: {
        operatorJwt: jwt,
        systemAccountId: systemId,
        systemAccountJwt: systemJwt,
        accountId: await unwrap(result.accountId),
        accountJwt,
      },
    };
  }

  private engine(stack: string): FakeEngine {
    const known = this.engines.get(stack) ?? new FakeEngine(this.issuedFrom, randomBytes(8).toString("hex"));
    this.engines.set(stack, known);
    return known;
  }
}

/** What a registered Secret holds: mocks see secrets in Pulumi's envelope. */
function secretText(resources: readonly Registered[], name: string, key: string): string {
  const secret = resources.find((resource) => resource.type === "kubernetes:core/v1:Secret" && resource.name === name);
  const plain = (value: { value?: unknown }) => (typeof value === "object" && "value" in value ? value.value : value);
  const data = plain(secret?.inputs.data) as Record<string, { value?: unknown }>;
  const text = data[key];
  assert.ok(text, `Secret ${name} has no ${key}`);
  return Buffer.from(String(plain(text)), "base64").toString();
}
