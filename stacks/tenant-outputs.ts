import * as pulumi from "@pulumi/pulumi";
import { accountName, instanceName, instanceUrl } from "../components/tenant/names";
import type { TenantRole } from "../components/tenant/roles";
import type { Tenant } from "../components/tenant/tenant";
import type { Tenancy } from "./environment";
import { issuedCreds } from "./tenant-checks";
import type { TenantConfig } from "./tenant-config";
import type { Amounts } from "./tenant-quota";

/** A user, and which of its creds servers should take. */
export interface TenantUserExpectation {
  readonly name: string;
  readonly role: TenantRole;
  /** Of the creds in its Secret. */
  readonly epoch: number;
  /** Creds up to this epoch are refused. */
  readonly retiredEpoch: number;
  /** Whether all are refused, and there is no Secret. */
  readonly revoked: boolean;
}

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
  readonly users: readonly TenantUserExpectation[];
  /** For `NATS_URL` of the tenant's workers: every instance, or the platform where there is none. */
  readonly natsUrl: string;
  /** Of the platform, with JetStream. */
  readonly platformUrl: string;
  /** By name, as configured. */
  readonly limits: Readonly<Record<string, string | number>>;
  /** What annotations of its apps' ServiceAccounts may ask for. */
  readonly apps: TenantConfig["apps"];
  /** Whether nobody of it is let in. */
  readonly suspended: boolean;
  readonly egress: TenantConfig["egress"];
  readonly workerNamespaces: boolean;
  /** Whether instances have an exporter beside them. */
  readonly metrics: boolean;
  readonly accountSyncUrl: string;
}

/** Outputs of a tenant's stack. */
export function tenantOutputs(config: TenantConfig, tenancy: Tenancy, demand: Amounts, { identity }: Tenant) {
  const { id } = config;
  const urls = instanceUrls(config, tenancy);
  const credentials = Object.entries(identity.credentials);
  return {
    tenant: id,
    environment: config.environment,
    accountPublicKey: identity.accountId,
    instanceUrls: urls,
    /** For `NATS_URL` of the tenant's workers. */
    natsUrl: workersUrl(config, tenancy),
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
    users: config.users,
    natsUrl: workersUrl(config, tenancy),
    platformUrl: tenancy.natsClusterUrl,
    limits: { ...config.limits, ...config.jetstream },
    apps: config.apps,
    suspended: config.suspended,
    egress: config.egress,
    workerNamespaces: config.workerNamespaces,
    metrics: tenancy.metrics,
    accountSyncUrl: tenancy.accountSyncUrl,
  };
}

function instanceUrls(config: TenantConfig, { tenantsNamespace }: Tenancy): string[] {
  return numbersOf(config).map((number) => instanceUrl(config.id, number, tenantsNamespace));
}

function workersUrl(config: TenantConfig, tenancy: Tenancy): string {
  return instanceUrls(config, tenancy).join(",") || tenancy.natsClusterUrl;
}

/** Numbers of the tenant's instances. */
function numbersOf({ instances }: TenantConfig): number[] {
  return Array.from({ length: instances }, (_, index) => index + 1);
}
