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
    { name: "refused users, by key", value: { refused: Object.keys(asMap(nats.revocations)) } },
  ];
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
