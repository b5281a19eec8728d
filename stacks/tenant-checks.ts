import { credsSecretName } from "../components/identity/object-name";
import { credsOwner, longestLabel } from "../components/tenant/names";
import { parseCpu, parseSize } from "../components/units";
import type { ConfigProblem } from "./config-error";
import type { PlatformConfig } from "./platform-config";
import { resourceProblems } from "./resource-checks";
import type { TenantConfig } from "./tenant-config";

/** Name of the stack of a tenant. There is one stack of a name, and so one tenant of an id in an environment. */
export function tenantStackName(environment: string, id: string): string {
  return `${environment}-tenant-${id}`;
}

/** What is wrong with the name of the stack; empty for nothing. */
export function stackNameProblems({ environment, id }: TenantConfig, stack: string): ConfigProblem[] {
  const expected = tenantStackName(environment, id);
  if (stack === expected) return [];
  const reason = `belongs in stack ${expected}, but this is ${stack}: the name is what makes an id unique; rename the stack and its file, or change id and environment`;
  return [{ key: "id", value: id, reason }];
}

/** What is wrong with values that are each right by themselves, but not together; empty for nothing. */
export function togetherProblems({ id, resources, users }: TenantConfig): ConfigProblem[] {
  const problems = resourceProblems("resources", resources);
  users.forEach(({ name, epoch, retiredEpoch }, index) => {
    const key = `users[${index}]`;
    const secret = credsSecretName(credsOwner(id, name));
    if (secret.length > longestLabel) {
      const reason = `makes Secret ${secret} longer than ${longestLabel} characters; take a name of at most ${name.length - secret.length + longestLabel}`;
      problems.push({ key: `${key}.name`, value: name, reason });
    }
    if (users.findIndex((other) => other.name === name) !== index) {
      problems.push({ key: `${key}.name`, value: name, reason: "is given twice; name each user once" });
    }
    if (retiredEpoch >= epoch) {
      const reason = `must be below epoch (${epoch}), whose creds are the only ones left: raise epoch first, or set revoked: true to refuse all`;
      problems.push({ key: `${key}.retiredEpoch`, value: String(retiredEpoch), reason });
    }
  });
  return problems;
}

/** What asks for more than one tenant of the environment may have; empty for nothing. */
export function ceilingProblems(config: TenantConfig, ceiling: PlatformConfig["tenantCeiling"]): ConfigProblem[] {
  const { instances, resources, limits, jetstream } = config;
  const asked: [string, string | number, string | number][] = [
    ["instances", instances, ceiling.instances],
    ["resources.limits.memory", resources.limits.memory, ceiling.resources.memory],
    ["limits.connections", limits.connections, ceiling.connections],
    ["limits.subscriptions", limits.subscriptions, ceiling.subscriptions],
    ["limits.payload", limits.payload, ceiling.payload],
    ["limits.data", limits.data, ceiling.data],
    ["jetstream.memoryStorage", jetstream.memoryStorage, ceiling.memoryStorage],
    ["jetstream.diskStorage", jetstream.diskStorage, ceiling.diskStorage],
    ["jetstream.streams", jetstream.streams, ceiling.streams],
    ["jetstream.consumers", jetstream.consumers, ceiling.consumers],
  ];
  const above = asked.filter(([, value, most]) => amount(value) > amount(most));
  if (cpus(resources.limits.cpu) > cpus(ceiling.resources.cpu)) {
    above.push(["resources.limits.cpu", resources.limits.cpu, ceiling.resources.cpu]);
  }
  return above.map(([key, value, most]) => ({
    key: `tenant.${key}`,
    value: String(value),
    reason: `must be at most ${most}, tenantCeiling of environment ${config.environment}: lower it, or have that raised and make up run there`,
  }));
}

type UserConfig = TenantConfig["users"][number];

/** The role is not remembered by stacks last brought up before it was looked at. */
type IssuedUser = Pick<UserConfig, "epoch" | "retiredEpoch" | "revoked"> & Partial<Pick<UserConfig, "role">>;

/** What creds a tenant's stack has given out, as its outputs remember. */
export interface IssuedCreds {
  readonly accountEpoch: number;
  readonly users: Readonly<Record<string, IssuedUser>>;
}

/** What {@link lifecycleProblems} compares with the next time. */
export function issuedCreds({ accountEpoch, users }: TenantConfig): IssuedCreds {
  const entries = users.map(({ name, role, epoch, retiredEpoch, revoked }) => [
    name,
    { role, epoch, retiredEpoch, revoked },
  ]);
  return { accountEpoch, users: Object.fromEntries(entries) };
}

/**
 * What would make creds good again that are refused, or leave creds good that nobody can refuse any more; empty for nothing.
 * Two epochs of the account later all of that is moot: no server trusts what signed those creds.
 */
export function lifecycleProblems(config: TenantConfig, issued: IssuedCreds): ConfigProblem[] {
  if (config.accountEpoch < issued.accountEpoch) {
    const reason = `was ${issued.accountEpoch} already; epochs only go up`;
    return [{ key: "tenant.accountEpoch", value: String(config.accountEpoch), reason }];
  }
  if (config.accountEpoch >= issued.accountEpoch + 2) return [];
  const remedy = `, or raise accountEpoch to ${issued.accountEpoch + 2}, which makes all creds given out so far worthless`;
  return Object.entries(issued.users).flatMap(([name, before]): ConfigProblem[] => {
    const index = config.users.findIndex((user) => user.name === name);
    const now = config.users[index];
    const key = `tenant.users[${index}]`;
    if (now === undefined) {
      const reason = `user ${name} is left out, which does not take back its creds: list it with revoked: true${remedy}`;
      return [{ key: "tenant.users", reason }];
    }
    const lower: ConfigProblem[] = (["epoch", "retiredEpoch"] as const)
      .filter((field) => now[field] < before[field])
      .map((field) => ({
        key: `${key}.${field}`,
        value: String(now[field]),
        reason: `was ${before[field]} already; epochs only go up`,
      }));
    // The role is that of the key which signed: whoever kept the former creds would keep the former role.
    if (before.role !== undefined && before.role !== now.role && !now.revoked && now.retiredEpoch < before.epoch) {
      const reason = `user ${name} was ${before.role}, and its creds stay so: set retiredEpoch to ${before.epoch} and epoch to ${before.epoch + 1}, or give the role to a user of a new name${remedy}`;
      lower.push({ key: `${key}.role`, value: now.role, reason });
    }
    const reason = `user ${name} was revoked, and stays so: give its work to a user of a new name${remedy}`;
    return before.revoked && !now.revoked ? [...lower, { key: `${key}.revoked`, value: "false", reason }] : lower;
  });
}

/** Keys of the environment that are set in a tenant's stack; empty for nothing. */
export function environmentKeyProblems(keys: readonly string[], environment: string): ConfigProblem[] {
  const reason = `belongs to the environment: a tenant's stack sets tenant alone; set it in Pulumi.${environment}.yaml`;
  return keys.map((key) => ({ key, reason }));
}

function amount(value: string | number): number {
  return typeof value === "number" ? value : bytes(value);
}

/** The configuration's schema has refused what is no size. */
function bytes(size: string): number {
  return parseSize(size) ?? 0;
}

function cpus(text: string): number {
  return parseCpu(text) ?? 0;
}
