import { z } from "zod";
import { defaultImages } from "../components/images";
import type { ConfigProblem } from "./config-error";
import {
  containerResources,
  count,
  dnsLabel,
  duration,
  epoch,
  flag,
  image,
  jetstreamName,
  limit,
  optionalName,
  optionalText,
  ownNamespace,
  size,
} from "./config-fields";
import { parseConfig } from "./config-parser";
import { crossChecks } from "./platform-checks";

/** A key-value bucket. */
export const bucket = z.strictObject({
  name: jetstreamName,
  ttl: duration.optional(),
  maxSize: size,
  replicas: z.union([z.literal(1), z.literal(3), z.literal(5)], "must be 1, 3 or 5").default(3),
  history: z.int().min(1, "must be 1 to 64").max(64, "must be 1 to 64").default(1),
});

/** Every key of a platform stack, its type and default. Pulumi.yaml declares the same for people and for the CLI. */
export const platformSchema = z.strictObject({
  environment: z.enum(["dev", "staging", "prod"], "must be dev, staging or prod").default("dev"),
  namespace: ownNamespace.default("nats"),
  tenantsNamespace: ownNamespace.default("vrsky-tenants"),
  monitoringNamespace: dnsLabel.default("vrsky-monitoring"),
  protect: flag(true),
  replicas: z.int("must be a whole number").default(3),
  resources: z
    .strictObject({ requests: containerResources, limits: containerResources })
    .default({ requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } }),
  images: z
    .strictObject({
      server: image.default(defaultImages.server),
      reloader: image.default(defaultImages.reloader),
      exporter: image.default(defaultImages.exporter),
      natsBox: image.default(defaultImages.natsBox),
      node: image.default(defaultImages.node),
    })
    .prefault({}),
  topologySpread: z.enum(["hard", "soft"], "must be hard or soft").default("hard"),
  jetstream: flag(true),
  jetstreamStorageSize: size.default("10Gi"),
  jetstreamMemorySize: size.default("256Mi"),
  resolverStorageSize: size.default("1Gi"),
  storageClass: optionalName,
  leafnodes: flag(true),
  metrics: flag(true),
  podMonitor: flag(false),
  natsBox: flag(false),
  tlsClientSecret: optionalName,
  tlsClusterSecret: optionalName,
  tlsLeafnodesSecret: optionalName,
  tlsCaSecret: optionalName,
  platformAccountLimits: z
    .strictObject({
      connections: limit,
      subscriptions: limit,
      leafNodes: limit,
      payload: size.optional(),
      memoryStorage: size.optional(),
      diskStorage: size.optional(),
      streams: limit,
      consumers: limit,
    })
    .default({}),
  buckets: z.array(bucket).default([
    { name: "message_state", ttl: "15m", maxSize: "1Gi", replicas: 3, history: 1 },
    { name: "retry_queue", ttl: "1h", maxSize: "1Gi", replicas: 3, history: 1 },
    { name: "dead_letter_queue", ttl: "7d", maxSize: "1Gi", replicas: 3, history: 1 },
  ]),
  tenantsQuota: z
    .strictObject({
      requests: containerResources.default({ cpu: "50", memory: "100Gi" }),
      limits: containerResources.default({ cpu: "100", memory: "200Gi" }),
      pods: count.default(500),
    })
    .prefault({}),
  tenantCeiling: z
    .strictObject({
      instances: count.default(20),
      resources: containerResources.default({ cpu: "4", memory: "8Gi" }),
      connections: count.default(10_000),
      subscriptions: count.default(100_000),
      payload: size.default("1Mi"),
      data: size.default("100Gi"),
      memoryStorage: size.default("1Gi"),
      diskStorage: size.default("10Gi"),
      streams: count.default(100),
      consumers: count.default(1000),
    })
    .prefault({}),
  authCallout: z
    .strictObject({
      enabled: flag(true),
      replicas: z.int("must be a whole number").min(1, "must be 1 or more").max(20, "must be at most 20").default(2),
      audience: z
        .string()
        .regex(/^[!-~]+$/, "must be text without spaces, such as nats")
        .default("nats"),
      issuer: z.url({ protocol: /^https?$/, error: "must be the URL of an issuer" }).optional(),
      verification: z.enum(["jwks", "token-review"], "must be jwks or token-review").default("jwks"),
      requirePod: flag(true),
      mapping: z
        .array(
          z.strictObject({
            namespace: dnsLabel,
            serviceAccount: z.string().min(1, "must be a name").optional(),
            tenant: dnsLabel,
          }),
        )
        .default([]),
      image: image.optional(),
    })
    .prefault({}),
  admission: z
    .strictObject({
      action: z.enum(["deny", "warn"], "must be deny or warn").default("deny"),
      maxTokenSeconds: z
        .int("must be a whole number of seconds")
        .min(600, "must be 600 or more, the least that Kubernetes issues")
        .max(86_400, "must be at most 86400, a day")
        .default(7_200),
    })
    .prefault({}),
  operatorEpoch: epoch,
  accountsEpoch: epoch,
  usersEpoch: epoch,
  operatorJwt: optionalText,
  operatorSigningKey: optionalText,
  systemAccountJwt: optionalText,
  systemAccountSigningKey: optionalText,
  chartPath: z
    .string()
    .regex(/^(\/.*)?$/, "must be an absolute path: Pulumi does not always run in the folder of the program")
    .default("")
    .transform((text) => text || undefined),
  chartRepository: z
    .url({ protocol: /^https$/, error: "must be an https:// URL" })
    .default("https://nats-io.github.io/k8s/helm/charts/"),
  demo: z
    .record(z.string(), z.unknown())
    .refine(
      (demo) => Object.keys(demo).length === 0,
      "has no environment: give it demo.environment, or leave demo out of an environment's stack",
    )
    .default({}),
  tenant: z
    .record(z.string(), z.unknown())
    .refine(
      (tenant) => Object.keys(tenant).length === 0,
      "has no id: give it tenant.id, or leave tenant out of an environment's stack",
    )
    .default({}),
  workstation: z
    .record(z.string(), z.unknown())
    .refine(
      (workstation) => Object.keys(workstation).length === 0,
      "has no accounts: give it workstation.accounts, or leave workstation out of an environment's stack",
    )
    .default({}),
});

/** Configuration of a platform stack, checked. */
export type PlatformConfig = z.output<typeof platformSchema>;

const secretKeys: ReadonlySet<string> = new Set(["operatorSigningKey", "systemAccountSigningKey"]);

/**
 * Checks a platform stack's configuration: types, ranges, unknown keys, and what the keys mean together.
 * @param raw value by key, without the project's prefix; what is not a string in the schema may be given as JSON text, as Pulumi keeps it
 * @param encrypted keys whose values are encrypted in the stack's file
 * @throws {ConfigError} with every problem
 */
export function parsePlatformConfig(
  raw: Readonly<Record<string, unknown>>,
  encrypted: ReadonlySet<string> = secretKeys,
): PlatformConfig {
  return parseConfig(platformSchema, raw, {
    secretKeys,
    together: (config, wrong) => [
      // Of buckets that are wrong by themselves nothing follows, nor of the defaults in their place.
      ...crossChecks(wrong.has("buckets") ? { ...config, buckets: [] } : config),
      ...clearTextProblems(config, encrypted),
    ],
  });
}

function clearTextProblems(config: PlatformConfig, encrypted: ReadonlySet<string>): ConfigProblem[] {
  return [...secretKeys]
    .filter((key) => config[key as keyof PlatformConfig] !== undefined && !encrypted.has(key))
    .map((key) => ({
      key,
      reason: `is in the stack's file in the clear; set it with: pulumi config set --secret ${key}`,
    }));
}
