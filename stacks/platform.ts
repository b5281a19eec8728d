import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { AccountSync } from "../components/account-sync/account-sync";
import { AuthCallout } from "../components/auth-callout/auth-callout";
import { Platform } from "../components/platform/platform";
import { platformUrls } from "../components/platform/urls";
import { Tenancy as TenantsNamespace } from "../components/tenancy/tenancy";
import { bundleProgram } from "./bundle";
import { requireChartFolder } from "./chart-folder";
import type { Tenancy } from "./environment";
import { kubernetesProvider } from "./kubernetes-provider";
import { accountSyncArgs, admissionArgs, authCalloutArgs, platformArgs, tenancyArgs } from "./platform-args";
import { type PlatformConfig, parsePlatformConfig } from "./platform-config";
import type { ProjectConfig } from "./project-config";

/**
 * The stack of an environment: its platform. Outputs are what tenants, apps and commands build on.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export async function platformStack({ values, encrypted }: ProjectConfig) {
  const config = parsePlatformConfig(values, encrypted);
  requireChartFolder(config);
  const args = platformArgs(config);
  const urls = platformUrls(args);
  const providers = [kubernetesProvider()];
  const code = await bundleProgram(join(__dirname, "..", "services", "account-sync", "main.ts"));
  const platform = new Platform("platform", args, { providers });
  const tenants = new TenantsNamespace("tenants", tenancyArgs(config), {
    providers,
    dependsOn: [...platform.namespaces],
  });
  const accountSync = new AccountSync(
    "account-sync",
    { ...accountSyncArgs(config, urls.cluster), ...accountSyncIdentity(platform), code },
    { providers, dependsOn: [tenants] },
  );
  if (config.authCallout.enabled) await authCallout(config, platform, urls.cluster, providers, tenants);
  const { identity } = platform;
  const secretNames = Object.entries(identity.credentials).map(([user, { secretName }]) => [user, secretName] as const);
  return {
    environment: config.environment,
    namespace: platform.namespace,
    natsClusterUrl: urls.cluster,
    natsExternalUrl: urls.external,
    leafnodeUrl: config.leafnodes ? urls.leafnode : undefined,
    monitoringUrl: urls.monitoring,
    portForwardCommand: urls.portForwardCommand,
    operatorPublicKey: identity.operatorPublicKey,
    accountPublicKeys: identity.accountIds,
    secretNames: Object.fromEntries(secretNames),
    /** What `verify` expects to find. */
    verify: {
      replicas: config.replicas,
      buckets: args.buckets,
      accounts: identity.accountIds,
      operator: identity.operatorPublicKey,
      jetstream: config.jetstream,
      leafnodes: config.leafnodes,
      metrics: config.metrics,
      admission: admissionArgs(config),
      tls: config.tlsClientSecret ? { caSecret: config.tlsCaSecret } : undefined,
    },
    tenancy: tenancyOutput(config, platform, tenants, accountSync, urls.cluster),
    /** Signs the accounts of tenants, in their stacks. */
    operatorSigningSeed: identity.operatorSigningSeed,
    systemCreds: identity.credentials.system.creds,
    controlPlaneCreds: identity.credentials["control-plane"].creds,
    observerCreds: identity.credentials.observer.creds,
  };
}

/** The authorization callout of the platform that was made. */
async function authCallout(
  config: PlatformConfig,
  { namespace, calloutNamespace, identity }: Platform,
  natsUrl: string,
  providers: pulumi.ProviderResource[],
  tenants: pulumi.Resource,
): Promise<void> {
  const made = {
    platformNamespace: namespace,
    calloutNamespace,
    accountId: identity.accountIds.AUTH,
    credsSecret: identity.credentials["auth-callout"].secretName,
    keys: identity.calloutKeys,
    // An image of one's own has the service.
    code: config.authCallout.image
      ? undefined
      : await bundleProgram(join(__dirname, "..", "services", "auth-callout", "main.ts")),
  };
  const args = { ...authCalloutArgs(config, natsUrl), ...made };
  new AuthCallout("auth-callout", args, { providers, dependsOn: [tenants] });
}

/** What account-sync is told of the platform that was made. */
function accountSyncIdentity({ namespace, accountsNamespace, identity }: Platform) {
  return {
    platformNamespace: namespace,
    accountsNamespace,
    operatorJwt: identity.operatorJwt,
    credsSecret: identity.credentials["account-sync"].secretName,
  };
}

/** What tenants' stacks build on. */
function tenancyOutput(
  config: PlatformConfig,
  platform: Platform,
  tenants: TenantsNamespace,
  accountSync: AccountSync,
  natsClusterUrl: string,
) {
  const { identity } = platform;
  const output: pulumi.Input<{ [Key in keyof Tenancy]: pulumi.Input<Tenancy[Key]> }> = {
    tenantsNamespace: tenants.namespace,
    monitoringNamespace: config.monitoringNamespace,
    platformNamespace: platform.namespace,
    accountsNamespace: platform.accountsNamespace,
    calloutNamespace: platform.calloutNamespace,
    operatorJwt: identity.operatorJwt,
    operatorPublicKey: identity.operatorPublicKey,
    epochs: { operator: config.operatorEpoch, accounts: config.accountsEpoch },
    systemAccountId: identity.systemAccountId,
    systemAccountJwt: identity.systemAccountJwt,
    natsClusterUrl,
    accountSyncUrl: accountSync.url,
    ceiling: config.tenantCeiling,
    quotaName: tenants.quotaName,
    metrics: config.metrics,
    images: config.images,
    protect: config.protect,
    tlsCaSecret: config.tlsClientSecret ? config.tlsCaSecret : undefined,
  };
  return output;
}
