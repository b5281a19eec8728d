import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { NatsMap, type NatsValue, NatsVariable } from "../kernel/nats-config";
import type { KubernetesObject } from "../kernel/object";
import { objectPolicy } from "../kernel/policy";
import { eachHeld, holders, natsConfigOf } from "./held";

const charts = ["Chart", "Release"];
const names = ["resolver", "account_resolver", "accounts_resolver"];
const operators = [
  "operator",
  "operators",
  "roots",
  "root",
  "root_operators",
  "root_operator",
  "trusted",
  "trusted_keys",
];

/** What only the configuration of a server has, not a part for it to include. */
const ofServers = ["port", "listen", "http_port", "monitor_port", "server_name", "cluster", "jetstream", "host", "net"];

const accepted = "must be a map with type full and allow_delete true";
const remedy = "Write resolver: { type: full, dir: /data/resolver, allow_delete: true }.";

interface Settings {
  readonly memory: boolean;
}

/** How servers know accounts. */
export const resolverFull = objectPolicy<Settings>({
  name: "resolver-full",
  description: "A NATS server in operator mode keeps every account itself, and takes orders to delete one.",
  reason:
    "With a cache an account is looked up elsewhere when somebody logs in, with memory a change is lost at the next start; without allow_delete a tenant that is gone may still log in.",
  severity: "high",
  kinds: [...holders, ...charts],
  settings: {
    memory: {
      type: "boolean",
      description:
        "Whether a resolver may be MEMORY, as that of a single server whose configuration has all accounts, on a workstation.",
      default: false,
    },
  },
  check: (object, { memory }, findings) => {
    if (charts.includes(object.kind)) checkValues(object, object.root.at("values"), findings);
    eachHeld(object, findings, (held) => {
      const config = natsConfigOf(held);
      const problem = config && problemOf(config, memory);
      if (problem) findings.add(object, held.field, accepted, remedy, `a NATS configuration whose resolver ${problem}`);
    });
  },
  example: {
    violation: "resolver: { type: cache, dir: /data/resolver }",
    fix: "resolver: { type: full, dir: /data/resolver, allow_delete: true }",
  },
});

function problemOf(config: NatsMap, memory: boolean): string | undefined {
  const entries = config.all(...names).filter(({ value }) => !(memory && isMemory(value)));
  if (entries.length === 0 && config.has(...names)) return undefined;
  // An operator by itself is for another configuration to include, which has the resolver; one that includes others may have it from them.
  const isWhole = config.has(...operators) && config.has(...ofServers) && config.includes.length === 0;
  if (entries.length === 0) return isWhole ? "is missing" : undefined;
  return entries.map(({ value }) => resolverProblem(value)).find((problem) => problem !== undefined);
}

function isMemory(value: NatsValue | undefined): boolean {
  return typeof value === "string" && /^mem(ory)?$/i.test(value);
}

function resolverProblem(value: NatsValue | undefined): string | undefined {
  if (!(value instanceof NatsMap)) return "is no map";
  const types = value.all("type").map(({ value: type }) => type);
  const other = types.find((type) => typeof type !== "string" || type.toLowerCase() !== "full");
  if (other !== undefined) return `has type ${other instanceof NatsVariable ? "of a variable" : JSON.stringify(other)}`;
  if (types.length === 0) return "has no type";
  const deletes = value.all("allow_delete");
  return deletes.length > 0 && deletes.every(({ value: one }) => one === true) ? undefined : "does not allow_delete";
}

/**
 * In the values of a chart: `config.resolver` of the official one, which writes `type` and what else it does not know only if it is merged;
 * and a resolver that is merged into the whole configuration.
 */
function checkValues(object: KubernetesObject, values: Field, findings: Findings): void {
  findings.each(object, configsIn(values), (config) => {
    const own = config.at("resolver");
    if (own.at("enabled").flag() === true) checkResolver(object, own.at("merge"), findings);
    findings.each(object, names, (name) => {
      const merged = config.at("merge", name);
      if (merged.isThere) checkResolver(object, merged, findings);
    });
  });
}

function checkResolver(object: KubernetesObject, resolver: Field, findings: Findings): void {
  const isMap = typeof (resolver.value ?? {}) === "object";
  const type = isMap ? resolver.at("type").text() : undefined;
  if (type?.toLowerCase() === "full" && resolver.at("allow_delete").flag() === true) return;
  findings.add(object, resolver, accepted, remedy);
}

/** Every `config` in the values: also that of a chart within the chart. */
function configsIn(values: Field): Field[] {
  if (!isMap(values)) return [];
  return values.entries().flatMap(([key, field]) => {
    return [...(key === "config" && isMap(field) ? [field] : []), ...configsIn(field)];
  });
}

function isMap(field: Field): boolean {
  return field.isThere && (!field.isKnown || (typeof field.value === "object" && !Array.isArray(field.value)));
}
