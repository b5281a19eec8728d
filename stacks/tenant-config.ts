import { z } from "zod";
import { subjectProblem } from "../components/identity/claims/permissions";
import { longestTenantId, longestUserName } from "../components/tenant/names";
import type { ConfigProblem } from "./config-error";
import { containerResources, count, epoch, flag, size, storage } from "./config-fields";
import { parseConfig } from "./config-parser";
import { stackNameProblems, togetherProblems } from "./tenant-checks";

/** Ids that a person could take for something else: names of accounts and programs of the platform, and of Kubernetes. */
const reservedIds: ReadonlySet<string> = new Set([
  "account-sync",
  "accounts",
  "auth",
  "auth-callout",
  "default",
  "kube",
  "nats",
  "operator",
  "platform",
  "sys",
  "system",
  "tenant",
  "tenants",
]);

/** Most epochs of one user: each keeps a key, and each retired one a line in the account. */
const mostEpochs = 500;

const userEpoch = z
  .int("must be a whole number")
  .min(1, "must be 1 or more; add 1 to rotate")
  .max(mostEpochs, `must be at most ${mostEpochs}: revoke the user and give its work to one of a new name`);

const labelKey = /^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?\/)?[a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/;
const labelValue = z
  .string("must be text")
  .regex(/^([a-zA-Z0-9]([-._a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)?$/, "must be the value of a label, such as amd64");

const user = z.strictObject({
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9]*$/,
      "must be lower-case letters and digits, beginning with a letter; it is part of a Secret's name",
    )
    .max(longestUserName, `must be at most ${longestUserName} characters`),
  role: z.enum(["worker", "admin", "observer"], "must be worker, admin or observer"),
  epoch: userEpoch.default(1),
  retiredEpoch: z.int("must be a whole number").min(0, "must be 0 or more").default(0),
  revoked: flag(false),
});

/** What annotations of an app's ServiceAccount may ask for. */
const subjects = z
  .array(z.string())
  .refine(
    (list) => list.every((subject) => subjectProblem("", subject) === undefined),
    "must be a list of subjects, such as orders.>: tokens between single dots, no spaces, > only at the end",
  )
  .default([]);

/** What may be said of a tenant: the parts of key `tenant`. */
export const tenantSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "must be a DNS label: a-z, 0-9 and -, not beginning or ending with -")
    .max(
      longestTenantId,
      `must be at most ${longestTenantId} characters: names of Kubernetes objects are built from it`,
    )
    .refine((id) => !reservedIds.has(id), `is reserved, like ${[...reservedIds].join(", ")}; take another`),
  environment: z.string().regex(/^[a-zA-Z0-9][-\w]*$/, "must be the name of the environment's stack, such as dev"),
  instances: z
    .int("must be a whole number")
    .min(0, "must be 0 or more; with 0 the tenant uses the platform only")
    .default(1),
  resources: z
    .strictObject({
      requests: containerResources.default({ cpu: "1", memory: "2Gi" }),
      limits: containerResources.default({ cpu: "2", memory: "4Gi" }),
    })
    .prefault({}),
  nodeSelector: z
    .record(z.string(), labelValue)
    .refine(
      (labels) => Object.keys(labels).every((key) => labelKey.test(key)),
      "must have keys of labels, such as kubernetes.io/arch",
    )
    .default({}),
  limits: z
    .strictObject({
      connections: count.default(1000),
      subscriptions: count.default(10_000),
      payload: size.default("1Mi"),
      data: size.default("1Gi"),
    })
    .prefault({}),
  jetstream: z
    .strictObject({
      memoryStorage: storage.default("64Mi"),
      diskStorage: storage.default("1Gi"),
      streams: count.default(10),
      consumers: count.default(100),
    })
    .prefault({}),
  users: z.array(user).default([{ name: "worker", role: "worker", epoch: 1, retiredEpoch: 0, revoked: false }]),
  apps: z.strictObject({ publish: subjects, subscribe: subjects }).prefault({}),
  suspended: flag(false),
  protect: z.boolean("must be true or false").optional(),
  accountEpoch: epoch,
  egress: z.enum(["restricted", "open"], "must be restricted or open").default("restricted"),
  workerNamespaces: flag(false),
});

/** Configuration of a tenant stack, checked. */
export type TenantConfig = z.output<typeof tenantSchema>;

/**
 * Checks what a tenant's stack says of its tenant.
 * @param tenant value of key `tenant`
 * @param stack name of the stack, from which its id follows
 * @throws {ConfigError} with every problem
 */
export function parseTenantConfig(tenant: Readonly<Record<string, unknown>>, stack: string): TenantConfig {
  return parseConfig(tenantSchema, tenant, {
    parent: "tenant",
    together: (config): ConfigProblem[] => [...stackNameProblems(config, stack), ...togetherProblems(config)],
  });
}
