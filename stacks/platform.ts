import * as pulumi from "@pulumi/pulumi";
import type { PlatformIdentityArgs } from "../components/identity/platform-identity";
import type { Bucket } from "../components/platform/bucket-config";
import { Platform } from "../components/platform/platform";
import { platformUrls } from "../components/platform/urls";
import { parseDuration, parseSize } from "../components/units";
import { type PlatformConfig, parsePlatformConfig } from "./platform-config";

/**
 * The stack of an environment: its platform. Outputs are what tenants, apps and commands build on.
 * @throws {ConfigError} if a configuration value is wrong, before any resource is registered
 */
export function platformStack() {
  const config = readConfig();
  const args = platformArgs(config);
  const platform = new Platform("platform", args);
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

function readConfig(): PlatformConfig {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  return parsePlatformConfig(Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value])));
}

/** Component arguments from checked configuration. */
export function platformArgs(config: PlatformConfig) {
  return {
    namespace: config.namespace,
    replicas: config.replicas,
    jetstream: config.jetstream
      ? { fileSize: config.jetstreamStorageSize, memorySize: config.jetstreamMemorySize }
      : undefined,
    resolverSize: config.resolverStorageSize,
    storageClass: config.storageClass,
    leafnodes: config.leafnodes,
    metrics: config.metrics,
    podMonitor: config.podMonitor,
    natsBox: config.natsBox,
    topologySpread: config.topologySpread,
    resources: config.resources,
    tls: {
      client: config.tlsClientSecret,
      cluster: config.tlsClusterSecret,
      leafnodes: config.tlsLeafnodesSecret,
      ca: config.tlsCaSecret,
    },
    chart: { path: config.chartPath, repository: config.chartRepository },
    identity: identityArgs(config),
    buckets: config.buckets.map(toBucket),
  };
}

function toBucket({ name, ttl, maxSize, replicas, history }: PlatformConfig["buckets"][number]): Bucket {
  return { name, ttlSeconds: ttl ? seconds(ttl) : 0, maxBytes: bytes(maxSize), replicas, history };
}

function identityArgs(config: PlatformConfig): Omit<PlatformIdentityArgs, "namespace"> {
  const { payload, memoryStorage, diskStorage, streams, consumers, ...limits } = config.platformAccountLimits;
  // Unless told otherwise the account may use what the servers have: JetStream counts every replica.
  const all = (perServer: string) => (config.jetstream ? bytes(perServer) * config.replicas : 0);
  return {
    existingOperator: existingOperator(config),
    epochs: { operator: config.operatorEpoch, accounts: config.accountsEpoch, users: config.usersEpoch },
    platform: {
      limits: payload === undefined ? limits : { ...limits, payload: bytes(payload) },
      jetstream: {
        memoryStorage: memoryStorage === undefined ? all(config.jetstreamMemorySize) : bytes(memoryStorage),
        diskStorage: diskStorage === undefined ? all(config.jetstreamStorageSize) : bytes(diskStorage),
        streams,
        consumers,
      },
    },
  };
}

function existingOperator(config: PlatformConfig): PlatformIdentityArgs["existingOperator"] {
  const { operatorJwt, operatorSigningKey, systemAccountJwt, systemAccountSigningKey } = config;
  if (!operatorJwt || !operatorSigningKey) return undefined;
  const systemAccount =
    systemAccountJwt && systemAccountSigningKey
      ? { jwt: systemAccountJwt, signingKeySeed: pulumi.secret(systemAccountSigningKey) }
      : undefined;
  return { jwt: operatorJwt, signingKeySeed: pulumi.secret(operatorSigningKey), systemAccount };
}

function bytes(size: string): number {
  return checked(parseSize(size), size);
}

function seconds(duration: string): number {
  return checked(parseDuration(duration), duration);
}

/** The configuration's schema has refused everything else already. */
function checked(value: number | undefined, text: string): number {
  if (value === undefined) throw new RangeError(`${text} passed the configuration's checks but cannot be read`);
  return value;
}
