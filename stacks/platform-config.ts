import { z } from "zod";
import { cpuFormat, durationFormat, parseCpu, parseDuration, parseSize, sizeFormat } from "../components/units";
import { ConfigError, type ConfigProblem } from "./config-error";
import { crossChecks } from "./platform-checks";

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

const cpu = z.string().refine((text) => parseCpu(text) !== undefined, `must be ${cpuFormat}`);
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
  protect: flag(true),
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
  chartPath: z
    .string()
    .regex(/^(\/.*)?$/, "must be an absolute path: Pulumi does not always run in the folder of the program")
    .default("")
    .transform((text) => text || undefined),
  chartRepository: z
    .url({ protocol: /^https$/, error: "must be an https:// URL" })
    .default("https://nats-io.github.io/k8s/helm/charts/"),
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
    ...crossChecks(wrong.has("buckets") ? { ...config, buckets: [] } : config),
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
      reason: found === undefined ? "is missing" : issue.message,
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
