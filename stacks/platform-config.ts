import { z } from "zod";
import { durationFormat, formatSize, parseDuration, parseSize, sizeFormat } from "../components/units";
import { ConfigError, type ConfigProblem } from "./config-error";

const size = z.string().refine((text) => parseSize(text) !== undefined, `must be ${sizeFormat}`);
const optionalSize = size.optional();
const duration = z.string().refine((text) => parseDuration(text) !== undefined, `must be ${durationFormat}`);
const epoch = z.int("must be a whole number").min(1, "must be 1 or more; add 1 to rotate").default(1);
const flag = (value: boolean) => z.boolean("must be true or false").default(value);
const limit = z
  .int("must be a whole number")
  .refine((value) => value === -1 || value >= 1, "must be 1 or more, or -1 for unlimited")
  .optional();
const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label: at most 63 of a-z, 0-9 and -, not beginning or ending with -",
  );
/** Pulumi.yaml declares a default for every key; the empty string is its way to say "none". */
const optionalName = z
  .string()
  .regex(/^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?)?$/, "must be the name of a Kubernetes object")
  .default("")
  .transform((text) => text || undefined);
const optionalText = z
  .string()
  .default("")
  .transform((text) => text || undefined);

const cpu = z.string().regex(/^([1-9]\d*m|[1-9]\d*|\d+\.\d+)$/, "must be CPUs such as 500m or 2");
const containerResources = z.strictObject({ cpu, memory: size });

const bucket = z.strictObject({
  name: z.string().regex(/^[-_a-zA-Z0-9]{1,100}$/, "must be at most 100 letters, digits, - and _"),
  ttl: duration.optional(),
  maxSize: size,
  replicas: z.union([z.literal(1), z.literal(3), z.literal(5)], "must be 1, 3 or 5").default(3),
  history: z.int().min(1, "must be 1 to 64").max(64, "must be 1 to 64").default(1),
});

/** Every key of a platform stack, its type and default. Pulumi.yaml declares the same for people and for the CLI. */
export const platformSchema = z.strictObject({
  environment: z.enum(["dev", "staging", "prod"], "must be dev, staging or prod").default("dev"),
  namespace: dnsLabel
    .refine(
      (name) => name !== "default" && !name.startsWith("kube-"),
      "must be a namespace of its own, not one of Kubernetes",
    )
    .default("nats"),
  replicas: z.int("must be a whole number").default(3),
  resources: z
    .strictObject({ requests: containerResources, limits: containerResources })
    .default({ requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } }),
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
      payload: optionalSize,
      memoryStorage: optionalSize,
      diskStorage: optionalSize,
      streams: limit,
      consumers: limit,
    })
    .default({}),
  buckets: z.array(bucket).default([
    { name: "message_state", ttl: "15m", maxSize: "1Gi", replicas: 3, history: 1 },
    { name: "retry_queue", ttl: "1h", maxSize: "1Gi", replicas: 3, history: 1 },
    { name: "dead_letter_queue", ttl: "7d", maxSize: "1Gi", replicas: 3, history: 1 },
  ]),
  operatorEpoch: epoch,
  accountsEpoch: epoch,
  usersEpoch: epoch,
  operatorJwt: optionalText,
  operatorSigningKey: optionalText,
  systemAccountJwt: optionalText,
  systemAccountSigningKey: optionalText,
  chartPath: optionalText,
  chartRepository: z
    .url({ protocol: /^https$/, error: "must be an https:// URL" })
    .default("https://nats-io.github.io/k8s/helm/charts/"),
});

/** Configuration of a platform stack, checked. */
export type PlatformConfig = z.output<typeof platformSchema>;

/** Servers of one cluster; more of them make it slower, not larger. */
const mostReplicas = 9;

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
  const values = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, fromText(key, value)]));
  const result = platformSchema.safeParse(values);
  const issues = result.success ? [] : result.error.issues;
  // What keys mean together is checked with defaults in place of those that are wrong by themselves, so that all is told at once.
  const wrong = new Set(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" && issue.path.length === 0 ? issue.keys : [String(issue.path[0])],
    ),
  );
  const config = platformSchema.parse(Object.fromEntries(Object.entries(values).filter(([key]) => !wrong.has(key))));
  const problems = [
    ...issues.flatMap((issue) => problemsOf(issue, values)),
    ...crossChecks(config),
    ...clearTextProblems(config, encrypted),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** Pulumi hands every value over as text: numbers, booleans and objects are JSON there. */
function fromText(key: string, value: unknown): unknown {
  const field: unknown = platformSchema.shape[key as keyof typeof platformSchema.shape];
  if (typeof value !== "string" || !field || acceptsText(field as z.ZodType)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function acceptsText(field: z.ZodType): boolean {
  const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
  if (inner instanceof z.ZodPipe) return acceptsText(inner.in as z.ZodType);
  if (inner !== field) return acceptsText(inner as z.ZodType);
  return inner instanceof z.ZodString || inner instanceof z.ZodEnum || inner instanceof z.ZodURL;
}

function problemsOf(issue: z.core.$ZodIssue, values: Record<string, unknown>): ConfigProblem[] {
  const key = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(platformSchema.shape);
    const accepted =
      issue.path.length === 0 ? `known keys are ${known.join(", ")}` : "see its description in Pulumi.yaml";
    return issue.keys.map((name) => ({ key: key ? `${key}.${name}` : name, reason: `unknown key; ${accepted}` }));
  }
  const found = issue.path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    values,
  );
  return [
    {
      key,
      value: secretKeys.has(key) || found === undefined ? undefined : JSON.stringify(found),
      reason: issue.message,
    },
  ];
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text ? `${text}.${String(step)}` : String(step);
  }, "");
}

function clearTextProblems(config: PlatformConfig, encrypted: ReadonlySet<string>): ConfigProblem[] {
  return [...secretKeys]
    .filter((key) => config[key as keyof PlatformConfig] !== undefined && !encrypted.has(key))
    .map((key) => ({
      key,
      reason: `is in the stack's file in the clear; set it with: pulumi config set --secret ${key}`,
    }));
}

function crossChecks(config: PlatformConfig): ConfigProblem[] {
  return [
    ...clusterProblems(config),
    ...jetstreamProblems(config),
    ...tlsProblems(config),
    ...operatorProblems(config),
  ];
}

function clusterProblems({
  replicas,
  environment,
  topologySpread,
  resources,
  podMonitor,
  metrics,
}: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (replicas < 3 || replicas % 2 === 0) {
    const reason =
      "must be odd and at least 3: JetStream agrees by majority, and an even server adds cost but no safety; use 3 or 5";
    problems.push({ key: "replicas", value: String(replicas), reason });
  }
  if (replicas > mostReplicas) {
    const reason = `must be at most ${mostReplicas}: every server is connected to every other, and all agree on JetStream's metadata`;
    problems.push({ key: "replicas", value: String(replicas), reason });
  }
  if (environment === "prod" && topologySpread === "soft") {
    const reason = "must be hard in prod: two servers on one node die together, and with them the majority";
    problems.push({ key: "topologySpread", value: topologySpread, reason });
  }
  if (podMonitor && !metrics) {
    problems.push({ key: "podMonitor", value: "true", reason: "needs metrics: true, the exporter that it scrapes" });
  }
  if ((parseSize(resources.limits.memory) ?? 0) < (parseSize(resources.requests.memory) ?? 0)) {
    const reason = `must be at least requests.memory (${resources.requests.memory})`;
    problems.push({ key: "resources.limits.memory", value: resources.limits.memory, reason });
  }
  return problems;
}

function jetstreamProblems(config: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { buckets, jetstream, replicas } = config;
  if (!jetstream && buckets.length > 0) {
    problems.push({
      key: "jetstream",
      value: "false",
      reason: "buckets need JetStream: set jetstream to true or buckets to []",
    });
  }
  const perServer = buckets.reduce((sum, { maxSize }) => sum + (parseSize(maxSize) ?? 0), 0);
  if (jetstream && perServer > (parseSize(config.jetstreamStorageSize) ?? 0)) {
    const reason = `the buckets' maxSize adds up to ${formatSize(perServer)}, more than jetstreamStorageSize (${config.jetstreamStorageSize}): raise that or lower these`;
    problems.push({ key: "buckets", reason });
  }
  if (jetstream && (parseSize(config.jetstreamMemorySize) ?? 0) >= (parseSize(config.resources.limits.memory) ?? 0)) {
    const reason = `must be below the memory limit of a server (${config.resources.limits.memory}), which also holds everything else`;
    problems.push({ key: "jetstreamMemorySize", value: config.jetstreamMemorySize, reason });
  }
  problems.push(...accountProblems(config));
  buckets.forEach((bucket, index) => {
    const key = `buckets[${index}]`;
    if (bucket.replicas > replicas) {
      problems.push({
        key: `${key}.replicas`,
        value: String(bucket.replicas),
        reason: `must be at most replicas (${replicas})`,
      });
    }
    if (buckets.findIndex(({ name }) => name === bucket.name) !== index) {
      problems.push({ key: `${key}.name`, value: bucket.name, reason: "is given twice; name each bucket once" });
    }
  });
  return problems;
}

function accountProblems({ buckets, platformAccountLimits: limits }: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const needed = buckets.reduce((sum, { maxSize, replicas }) => sum + (parseSize(maxSize) ?? 0) * replicas, 0);
  if (limits.diskStorage !== undefined && (parseSize(limits.diskStorage) ?? 0) < needed) {
    const reason = `must be at least what the buckets take over all replicas (${formatSize(needed)})`;
    problems.push({ key: "platformAccountLimits.diskStorage", value: limits.diskStorage, reason });
  }
  if (limits.streams !== undefined && limits.streams !== -1 && limits.streams < buckets.length) {
    const reason = `must be at least the number of buckets (${buckets.length})`;
    problems.push({ key: "platformAccountLimits.streams", value: String(limits.streams), reason });
  }
  if (limits.payload !== undefined && (parseSize(limits.payload) ?? 0) > 2 ** 20) {
    const reason = "must be at most 1Mi, the largest message that the servers take";
    problems.push({ key: "platformAccountLimits.payload", value: limits.payload, reason });
  }
  return problems;
}

function tlsProblems(config: PlatformConfig): ConfigProblem[] {
  if (!config.tlsClusterSecret || config.tlsCaSecret) return [];
  const reason = "needs tlsCaSecret: routes check each other's certificate against it";
  return [{ key: "tlsClusterSecret", value: config.tlsClusterSecret, reason }];
}

function operatorProblems(config: PlatformConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const pairs = [
    ["operatorJwt", "operatorSigningKey"],
    ["systemAccountJwt", "systemAccountSigningKey"],
  ] as const;
  for (const [jwt, key] of pairs) {
    if (Boolean(config[jwt]) === Boolean(config[key])) continue;
    const [given, missing] = config[jwt] ? [jwt, key] : [key, jwt];
    problems.push({
      key: given,
      reason: `needs ${missing} too: an identity of your own is given as JWT and signing key together`,
    });
  }
  if (config.systemAccountJwt && !config.operatorJwt) {
    problems.push({
      key: "systemAccountJwt",
      reason: "needs operatorJwt and operatorSigningKey, the operator that issued it",
    });
  }
  return problems;
}
