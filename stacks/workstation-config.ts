import { z } from "zod";
import { subjectProblem } from "../components/identity/claims/permissions";
import { ConfigError, type ConfigProblem } from "./config-error";
import { containerResources, duration, epoch, jetstreamName, ownNamespace, size, storage } from "./config-fields";
import { parseConfig } from "./config-parser";
import { bucket, platformSchema } from "./platform-config";
import { environmentKeys } from "./project-config";
import { objectOf } from "./stack-kind";
import { environmentKeyProblems, togetherProblems } from "./workstation-checks";

const nodePort = z
  .int("must be a whole number")
  .refine(
    (port) => port >= 30_000 && port <= 32_767,
    "must be 30000 to 32767, which Kubernetes keeps for nodes' ports",
  );

const user = z
  .string("must be a name")
  .regex(
    /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/,
    "must be at most 40 lower-case letters, digits and -, beginning with a letter; it is part of a Secret's name",
  );

const subject = z
  .string("must be a subject")
  .refine(
    (text) => subjectProblem("", text) === undefined,
    "must be a subject, such as orders.>: tokens between single dots, no spaces, > only at the end",
  );

const stream = z.strictObject({
  name: jetstreamName.refine(
    (name) => !name.startsWith("KV_"),
    "must not begin with KV_, as streams of buckets do: declare it under buckets",
  ),
  subjects: z.array(subject).min(1, "must have one subject at least"),
  retention: z.enum(["limits", "interest", "workqueue"], "must be limits, interest or workqueue").default("limits"),
  storage: z.enum(["file", "memory"], "must be file or memory").default("file"),
  discard: z.enum(["old", "new"], "must be old or new").default("old"),
  maxAge: duration.optional(),
  maxSize: size.optional(),
  maxMessagesPerSubject: z.int("must be a whole number").min(1, "must be 1 or more").optional(),
});

const account = z.strictObject({
  users: z.array(user).min(1, "must have one user at least: nobody could use the account"),
  jetstream: z
    .strictObject({
      // Far below the server's limit of memory, which is what the kernel kills it at.
      memoryStorage: storage.default("64Mi"),
      diskStorage: storage.default("1Gi"),
    })
    .prefault({}),
  buckets: z
    .array(
      bucket.extend({
        maxSize: size.default("256Mi"),
        replicas: z.literal(1, "must be 1: a workstation has one server").default(1),
      }),
    )
    .default([]),
  streams: z.array(stream).default([]),
});

/** What may be said of a workstation: the parts of key `workstation`. */
export const workstationSchema = z.strictObject({
  namespace: ownNamespace.default("nats-workstation"),
  auth: z.enum(["jwt", "static"], "must be jwt or static").default("jwt"),
  sessionCacheTtlSeconds: z
    .int("must be a whole number of seconds")
    .min(1, "must be 1 or more")
    .max(31_536_000, "must be at most 31536000, a year")
    .default(300),
  storageSize: size.default("5Gi"),
  memorySize: size.default("1Gi"),
  resources: z
    .strictObject({ requests: containerResources, limits: containerResources })
    .default({ requests: { cpu: "200m", memory: "200Mi" }, limits: { cpu: "200m", memory: "200Mi" } }),
  nodePorts: z.strictObject({ client: nodePort.default(30_422), monitoring: nodePort.default(30_822) }).prefault({}),
  epoch,
  accounts: z
    .record(z.string(), account)
    .refine((accounts) => Object.keys(accounts).length > 0, "must have one account at least"),
});

/** Keys of the environment that a workstation has, too. */
const shared = platformSchema.pick({
  protect: true,
  images: true,
  storageClass: true,
  chartPath: true,
  chartRepository: true,
});

/** Parts of key `workstation`, checked. */
export type WorkstationParts = z.output<typeof workstationSchema>;

/** Configuration of a workstation's stack, checked. */
export interface WorkstationConfig extends WorkstationParts, z.output<typeof shared> {}

/**
 * Checks a workstation's stack's configuration.
 * @param values by key, without the project's prefix; objects may be given as JSON text, as Pulumi keeps them
 * @throws {ConfigError} with every problem
 */
export function parseWorkstationConfig(values: Readonly<Record<string, unknown>>): WorkstationConfig {
  const sharedKeys = Object.keys(shared.shape);
  const problems: ConfigProblem[] = environmentKeyProblems(
    environmentKeys(values, "workstation").filter((key) => !sharedKeys.includes(key)),
    sharedKeys,
  );
  const own = Object.fromEntries(Object.entries(values).filter(([key]) => sharedKeys.includes(key)));
  const common = attempt(problems, () => parseConfig(shared, own, {}));
  const parts = attempt(problems, () =>
    parseConfig(workstationSchema, objectOf(values, "workstation"), {
      parent: "workstation",
      together: (config) => togetherProblems(config),
    }),
  );
  if (!common || !parts || problems.length > 0) throw new ConfigError(problems);
  return { ...common, ...parts };
}

/** What a check gives, or undefined and its problems added to the others. */
function attempt<T>(problems: ConfigProblem[], check: () => T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
