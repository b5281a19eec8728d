import { asList, asMap } from "../../../policies/identity/jwt";
import type { Setting } from "./grade";

type Claims = Readonly<Record<string, unknown>>;

/** Of an account's JWT: limits, what it shares with others, and whom it refuses. */
export function accountSettings(nats: Claims): Setting[] {
  const { disallow_bearer, wildcards, max_bytes_required, ...numbers } = asMap(nats.limits);
  const { allowed_accounts, auth_users } = asMap(nats.authorization);
  return [
    ...Object.entries(numbers).map(([name, value]) => limit(`limit ${name}`, value)),
    flag("wildcard exports", wildcards, true),
    flag("bearer users refused", disallow_bearer, false),
    flag("streams must have a size", max_bytes_required, false),
    { name: "exports", value: { items: asList(nats.exports).map(shared) } },
    { name: "imports", value: { items: asList(nats.imports).map(shared) } },
    { name: "accounts that the callout may place logins in", value: { items: asList(allowed_accounts).map(String) } },
    { name: "users that may answer the callout", value: { items: asList(auth_users).map(String) } },
    { name: "signing keys of no role, which sign any user", value: { items: plainKeys(nats.signing_keys) } },
    { name: "subjects that become others", value: { items: Object.entries(asMap(nats.mappings)).map(mapped) } },
    { name: "refused users, by key", value: { refused: Object.keys(asMap(nats.revocations)) } },
  ];
}

/** Of an operator's JWT: who signs accounts in its name, and which account is the system's. */
export function operatorSettings({ signing_keys, system_account, strict_signing_key_usage }: Claims): Setting[] {
  return [
    { name: "signing keys, which sign any account", value: { items: asList(signing_keys).map(String) } },
    { name: "system account", value: { items: system_account === undefined ? [] : [String(system_account)] } },
    flag("signs by signing keys alone", strict_signing_key_usage, false),
  ];
}

/** Keys without a template: what is signed with them may do whatever it says. */
function plainKeys(keys: unknown): string[] {
  return asList(keys).flatMap((key) =>
    typeof key === "string" ? key : asMap(key).template ? [] : String(asMap(key).key),
  );
}

function mapped([subject, destinations]: [string, unknown]): string {
  const to = asList(destinations).map((one) => `${asMap(one).subject} (${asMap(one).weight ?? 100}%)`);
  return `${subject} → ${to.join(", ")}`;
}

/** Of a user's JWT, or of a role: everything beside subjects. */
export function accessSettings(claims: Claims): Setting[] {
  const { resp, subs, data, payload, src, times, allowed_connection_types } = claims;
  const { max, ttl } = resp === undefined ? { max: 0, ttl: 0 } : asMap(resp);
  return [
    limit("limit subs", subs),
    limit("limit data", data),
    limit("limit payload", payload),
    limit("answers to a message, to any reply subject", max),
    limit("time to answer (ns)", ttl),
    flag("bearer (needs no key)", claims.bearer_token, true),
    { name: "connection types", value: { items: restriction(allowed_connection_types) } },
    { name: "networks it may come from", value: { items: restriction(src) } },
    { name: "times of day", value: { items: restriction(times) } },
  ];
}

/** A missing or empty list restricts nothing. */
function restriction(value: unknown): readonly string[] | undefined {
  const items = asList(value).map((item) => (typeof item === "string" ? item : JSON.stringify(item)));
  return items.length > 0 ? items : undefined;
}

function limit(name: string, value: unknown): Setting {
  const number = Number(value ?? -1);
  return number < 0
    ? { name, value: { amount: Number.POSITIVE_INFINITY, shown: "unlimited" } }
    : { name, value: { amount: number, shown: String(number) } };
}

function flag(name: string, value: unknown, widens: boolean): Setting {
  const isSet = Boolean(value);
  return { name, value: { amount: isSet === widens ? 1 : 0, shown: isSet ? "yes" : "no" } };
}

/** An export or import, in one line, without what is for people only. */
function shared(value: unknown): string {
  const { name: _name, description: _description, info_url: _url, token, ...rest } = asMap(value);
  return Object.entries({ ...rest, ...(token ? { token: "given" } : {}) })
    .map(([key, one]) => `${key}=${typeof one === "string" ? one : JSON.stringify(one)}`)
    .join(" ");
}
