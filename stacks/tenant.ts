import { createHash } from "node:crypto";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AccountActive } from "../components/account-sync/account-active";
import { Operator } from "../components/identity/operator";
import { protectLasting } from "../components/protection";
import { Tenant } from "../components/tenant/tenant";
import { bundleProgram } from "./bundle";
import { ConfigError } from "./config-error";
import { type Environment, formerOutputs, readEnvironment, type Tenancy } from "./environment";
import { kubernetesProvider } from "./kubernetes-provider";
import { environmentKeys, type ProjectConfig } from "./project-config";
import { objectOf } from "./stack-kind";
import { tenantArgs } from "./tenant-args";
import { ceilingProblems, environmentKeyProblems, type IssuedCreds, lifecycleProblems } from "./tenant-checks";
import { parseTenantConfig, type TenantConfig } from "./tenant-config";
import { tenantOutputs } from "./tenant-outputs";
import { type Amounts, type LiveQuota, quotaDemand, quotaProblems } from "./tenant-quota";

/**
 * The stack of a tenant: its account, users and instances, in the environment that another stack made.
 * Everything that can be refused is, with all reasons at once, before the first object of the tenant is registered.
 * @throws {ConfigError} if a configuration value is wrong, or asks for more than the environment has
 */
export async function tenantStack(project: ProjectConfig) {
  const config = readConfig(project);
  const environment = await readEnvironment(config.environment);
  // Alone: Pulumi rewrites the stack's state with every resource, and finds half of it when it reads at the same time.
  const former = await formerOutputs("issued", "quotaDemand");
  const provider = kubernetesProvider();
  const demand = quotaDemand(config, environment.tenancy.metrics);
  await refuse(config, former, environment.tenancy, demand, provider);
  const operator = environmentOperator(environment);
  const tenant = new Tenant(config.id, tenantArgs(config, environment.tenancy, operator), {
    providers: [provider],
    transforms: [protectLasting(config.protect ?? environment.tenancy.protect)],
  });
  await untilActive(config.id, environment.tenancy, tenant, provider);
  return tenantOutputs(config, environment.tenancy, demand, tenant);
}

function readConfig(project: ProjectConfig): TenantConfig {
  const tenant = objectOf(project.values, "tenant");
  const foreign = environmentKeyProblems(
    environmentKeys(project.values, "tenant"),
    String(tenant.environment ?? "<environment>"),
  );
  let config: TenantConfig | undefined;
  const problems = [...foreign];
  try {
    config = parseTenantConfig(tenant, pulumi.getStack());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
  }
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** @throws {ConfigError} if the environment has less than the tenant asks for, or creds would be good that must not be */
async function refuse(
  config: TenantConfig,
  former: { readonly issued: unknown; readonly quotaDemand: unknown },
  tenancy: Tenancy,
  demand: Amounts,
  provider: k8s.Provider,
): Promise<void> {
  const { quotaName } = tenancy;
  const quota = quotaName === undefined ? undefined : await liveQuota(tenancy.tenantsNamespace, quotaName, provider);
  const problems = [
    ...ceilingProblems(config, tenancy.ceiling),
    ...(quota ? quotaProblems(config, demand, quota, (former.quotaDemand ?? {}) as Amounts) : []),
    ...(former.issued ? lifecycleProblems(config, former.issued as IssuedCreds) : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
}

function liveQuota(namespace: string, name: string, provider: k8s.Provider): Promise<LiveQuota> {
  const id = `${namespace}/${name}`;
  const quota = k8s.core.v1.ResourceQuota.get("tenants-quota", id, { provider });
  return new Promise((resolve) => {
    pulumi.all([quota.spec, quota.status]).apply(([spec, status]) => {
      const hard = status?.hard ?? spec?.hard ?? {};
      resolve({ name, namespace, hard, used: status?.used ?? {} });
    });
  });
}

/** Has `up` end only when the account is in force on every server, those that the tenant brings included. */
async function untilActive(id: string, tenancy: Tenancy, tenant: Tenant, provider: k8s.Provider): Promise<void> {
  const { identity, instances } = tenant;
  const args = {
    namespace: tenancy.platformNamespace,
    url: tenancy.accountSyncUrl,
    tenant: id,
    digest: identity.accountJwt.apply((jwt) => createHash("sha256").update(jwt).digest("hex")),
    image: tenancy.images.node,
    code: await bundleProgram(join(__dirname, "..", "services", "account-sync", "wait", "main.ts")),
  };
  new AccountActive(`${id}-active`, args, { providers: [provider], dependsOn: [identity, ...instances] });
}

/** The environment's operator: its JWT and the key of it that signs accounts, checked to belong together. */
function environmentOperator({ tenancy, operatorSigningSeed }: Environment): Operator {
  return new Operator("environment", {
    jwt: tenancy.operatorJwt,
    signingKeySeed: operatorSigningSeed,
    hasSystemAccount: true,
  });
}
