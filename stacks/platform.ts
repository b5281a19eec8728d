import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Platform } from "../components/platform/platform";
import { platformUrls } from "../components/platform/urls";
import { ConfigError } from "./config-error";
import { kubernetesProvider } from "./kubernetes-provider";
import { platformArgs } from "./platform-args";
import { parsePlatformConfig } from "./platform-config";

/**
 * The stack of an environment: its platform. Outputs are what tenants, apps and commands build on.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export function platformStack() {
  const config = readConfig();
  if (config.chartPath && !existsSync(join(config.chartPath, "Chart.yaml"))) {
    const reason = "is not the folder of a chart: there is no Chart.yaml in it";
    throw new ConfigError([{ key: "chartPath", value: config.chartPath, reason }]);
  }
  const args = platformArgs(config);
  const platform = new Platform("platform", args, { providers: [kubernetesProvider()] });
  const urls = platformUrls(args);
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
      tls: config.tlsClientSecret ? { caSecret: config.tlsCaSecret } : undefined,
    },
    systemCreds: identity.credentials.system.creds,
    controlPlaneCreds: identity.credentials["control-plane"].creds,
    observerCreds: identity.credentials.observer.creds,
  };
}

function readConfig() {
  const all = pulumi.runtime.allConfig();
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(all).filter(([key]) => key.startsWith(prefix));
  const withoutPrefix = own.map(([key, value]) => [key.slice(prefix.length), value] as const);
  const encrypted = withoutPrefix.map(([key]) => key).filter((key) => isEncrypted(prefix + key));
  return parsePlatformConfig(Object.fromEntries(withoutPrefix), new Set(encrypted));
}

/** Whether a key's value is encrypted in the stack's file. The SDK knows, but its types do not tell: `Config.get` uses it for its warnings. */
function isEncrypted(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as unknown as { isConfigSecret(key: string): boolean };
  return isConfigSecret(key);
}
