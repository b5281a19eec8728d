import * as pulumi from "@pulumi/pulumi";
import { accountName, instanceName, instanceUrl } from "../components/tenant/names";
import type { TenantRole } from "../components/tenant/roles";
import type { Tenant } from "../components/tenant/tenant";
import type { Tenancy } from "./environment";
import { issuedCreds } from "./tenant-checks";
import type { TenantConfig } from "./tenant-config";
import type { Amounts } from "./tenant-quota";

/** What a tenant should be like, as its stack's output `verify`: public facts, no secret among them. */
export interface TenantExpectation {
  readonly tenant: string;
  /** Name and public key. */
  readonly account: { readonly name: string; readonly id: string };
  readonly namespaces: {
    readonly tenants: string;
    readonly platform: string;
    /** Of the Secrets with account JWTs. */
    readonly accounts: string;
    readonly monitoring: string;
  };
  /** Names of Deployments and Services, by number. */
  readonly instances: readonly string[];
  readonly users: readonly { readonly name: string; readonly role: TenantRole; readonly revoked: boolean }[];
  /** By name, as configured. */
  readonly limits: Readonly<Record<string, string | number>>;
  readonly egress: TenantConfig["egress"];
  readonly workerNamespaces: boolean;
  /** Whether instances have an exporter beside them. */
  readonly metrics: boolean;
  readonly accountSyncUrl: string;
}

/** Outputs of a tenant's stack. */
export function tenantOutputs(config: TenantConfig, tenancy: Tenancy, demand: Amounts, { identity }: Tenant) {
  const { id } = config;
  const urls = numbersOf(config).map((number) => instanceUrl(id, number, tenancy.tenantsNamespace));
  const credentials = Object.entries(identity.credentials);
  return {
    tenant: id,
    environment: config.environment,
    accountPublicKey: identity.accountId,
    instanceUrls: urls,
    /** For `NATS_URL` of the tenant's workers. */
    natsUrl: urls.length > 0 ? urls.join(",") : tenancy.natsClusterUrl,
    platformUrl: tenancy.natsClusterUrl,
    secretNames: Object.fromEntries(credentials.map(([user, { secretName }]) => [user, secretName])),
    /** Text of each user's creds file. */
    creds: pulumi.secret(Object.fromEntries(credentials.map(([user, { creds }]) => [user, creds]))),
    verify: identity.accountId.apply((accountId) => expectation(config, tenancy, accountId)),
    /** For this stack's next run, which compares. */
    issued: issuedCreds(config),
    quotaDemand: demand,
  };
}

function expectation(config: TenantConfig, tenancy: Tenancy, accountId: string): TenantExpectation {
  return {
    tenant: config.id,
    account: { name: accountName(config.id), id: accountId },
    namespaces: {
      tenants: tenancy.tenantsNamespace,
      platform: tenancy.platformNamespace,
      accounts: tenancy.accountsNamespace,
      monitoring: tenancy.monitoringNamespace,
    },
    instances: numbersOf(config).map((number) => instanceName(config.id, number)),
    users: config.users.map(({ name, role, revoked }) => ({ name, role, revoked })),
    limits: { ...config.limits, ...config.jetstream },
    egress: config.egress,
    workerNamespaces: config.workerNamespaces,
    metrics: tenancy.metrics,
    accountSyncUrl: tenancy.accountSyncUrl,
  };
}

/** Numbers of the tenant's instances. */
function numbersOf({ instances }: TenantConfig): number[] {
  return Array.from({ length: instances }, (_, index) => index + 1);
}
