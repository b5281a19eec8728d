import type { AccountSyncArgs } from "../components/account-sync/account-sync";
import type { PlatformIdentityArgs } from "../components/identity/platform-identity";
import type { Bucket } from "../components/platform/bucket-config";
import type { AdmissionArgs } from "../components/tenancy/admission";
import type { TenancyArgs } from "../components/tenancy/tenancy";
import { bytes, seconds } from "./config-values";
import type { PlatformConfig } from "./platform-config";

/** Component arguments from checked configuration. */
export function platformArgs(config: PlatformConfig) {
  return {
    namespace: config.namespace,
    protect: config.protect,
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
    images: config.images,
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

/** Arguments of the tenants' namespace. */
export function tenancyArgs(config: PlatformConfig): TenancyArgs {
  return {
    platformNamespace: config.namespace,
    tenantsNamespace: config.tenantsNamespace,
    monitoringNamespace: config.monitoringNamespace,
    metrics: config.metrics,
    quota: config.tenantsQuota,
    mostPerContainer: config.tenantCeiling.resources,
    admission: admissionArgs(config),
    protect: config.protect,
  };
}

/** What the API server holds tenants to. */
export function admissionArgs({ tenantsNamespace, admission, authCallout }: PlatformConfig): AdmissionArgs {
  const { audience, mapping } = authCallout;
  return { ...admission, tenantsNamespace, audience, mapping };
}

/** Arguments of account-sync that are plain configuration. */
export function accountSyncArgs(
  config: PlatformConfig,
  natsClusterUrl: string,
): Pick<AccountSyncArgs, "tenantsNamespace" | "jetstream" | "tls" | "image"> {
  const tls = { serverName: new URL(natsClusterUrl).hostname, caSecret: config.tlsCaSecret };
  return {
    tenantsNamespace: config.tenantsNamespace,
    jetstream: config.jetstream,
    image: config.images.node,
    tls: config.tlsClientSecret ? tls : undefined,
  };
}

/** Arguments of the authorization callout that are plain configuration. */
export function authCalloutArgs(
  { authCallout, images, tlsClientSecret, tlsCaSecret }: PlatformConfig,
  natsUrl: string,
) {
  const { enabled: _, image = images.node, ...settings } = authCallout;
  return { ...settings, image, natsUrl, caSecret: tlsClientSecret ? tlsCaSecret : undefined };
}

/** A bucket as JetStream is told of it. */
export function toBucket({ name, ttl, maxSize, replicas, history }: PlatformConfig["buckets"][number]): Bucket {
  return { name, ttlSeconds: ttl ? seconds(ttl) : 0, maxBytes: bytes(maxSize), replicas, history };
}

function identityArgs(config: PlatformConfig): Omit<PlatformIdentityArgs, "namespace" | "accountsNamespace"> {
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
      ? { jwt: systemAccountJwt, signingKeySeed: systemAccountSigningKey }
      : undefined;
  return { jwt: operatorJwt, signingKeySeed: operatorSigningKey, systemAccount };
}
