import { mapsIn, type NatsMap, type NatsValue } from "../kernel/nats-config";
import { objectPolicy } from "../kernel/policy";
import { eachHeld, type Held, holders, natsConfigOf } from "./held";
import { asList, asMap, jwtsIn, type NatsClaims } from "./jwt";
import { type Action, isWide, type Permissions, permissionsOfClaims, permissionsOfConfig, tooWide } from "./subjects";

/** Somebody, or all of a role, and what they may do. */
interface Permitted {
  /** In words, with the name. */
  readonly who: string;
  readonly name: string;
  readonly permissions: Permissions;
}

/**
 * What users may publish and subscribe: those of JWTs, those of roles (an account's scoped signing keys), those of configurations.
 * A JWT with neither permissions nor limits is one that a role decides over: its account's JWT says what it may do.
 */
export const userPermissions = objectPolicy<{ declared: string[] }>({
  name: "user-permissions",
  description: "No user may publish or subscribe everything, or everybody's inboxes, unless that is declared.",
  reason:
    "Who hears _INBOX.> reads the answers to all others; who may publish everything speaks in everybody's name and empties streams.",
  severity: "high",
  kinds: holders,
  settings: {
    declared: {
      type: "array",
      items: { type: "string" },
      description:
        "Users and roles that may, by name; with /publish or /subscribe behind it that alone, as in app/publish.",
      // Who runs the platform or a tenant, the programs of a tenant; and apps, which answer to inboxes that they do not hear.
      default: ["system", "control-plane", "admin", "worker", "app/publish"],
    },
  },
  check: (object, { declared }, findings) => {
    eachHeld(object, findings, (held) => {
      for (const { who, name, permissions } of permittedIn(held)) {
        for (const action of ["publish", "subscribe"] as const) {
          const wide = tooWide(permissions[action]);
          if (wide === undefined || isDeclared(declared, name, action)) continue;
          findings.add(
            object,
            held.field,
            `must ${action} neither > nor _INBOX.>`,
            `Allow the subjects that it needs, with an inbox prefix of its own, or name ${name} in declared.`,
            `a text in which ${who} may ${action} ${wide}`,
          );
        }
      }
    });
  },
  example: {
    violation: "permissions: { publish: { deny: [admin.>] }, subscribe: { allow: [_INBOX.>] } }",
    fix: "permissions: { publish: { allow: [orders.>] }, subscribe: { allow: [_INBOX_orders.>] } }",
  },
});

function isDeclared(declared: readonly string[], name: string, action: Action): boolean {
  return declared.includes(name) || declared.includes(`${name}/${action}`);
}

function permittedIn(held: Held): Permitted[] {
  const claims = jwtsIn(held.text);
  const config = natsConfigOf(held);
  return [
    ...claims.filter(({ type }) => type === "user").flatMap(userOf),
    ...claims.filter(({ type }) => type === "account").flatMap(rolesOf),
    ...(config ? configuredIn(config) : []),
  ];
}

function userOf({ name, nats }: NatsClaims): Permitted[] {
  const who = `user ${JSON.stringify(name)}`;
  // Of a role: its templates take subjects from tags, such as `sub:orders.>`.
  const tags = asList(nats.tags).map((tag) => String(tag).replace(/^[^:]*:/, ""));
  const tagged = tags.filter(isWide).map((tag): Permitted => {
    const lists = { allow: [tag], deny: [] };
    return { who: `${who}, by a tag,`, name, permissions: { publish: lists, subscribe: lists } };
  });
  const isOfRole = ["pub", "sub"].every((key) => Object.keys(asMap(nats[key])).length === 0) && !hasLimits(nats);
  return isOfRole ? tagged : [...tagged, { who, name, permissions: permissionsOfClaims(nats) }];
}

/** With any of these a server takes no JWT for one of a role. */
const limits = [
  "subs",
  "data",
  "payload",
  "resp",
  "src",
  "times",
  "times_location",
  "bearer_token",
  "allowed_connection_types",
];

function hasLimits(nats: NatsClaims["nats"]): boolean {
  return limits.some((key) => Boolean(nats[key]));
}

function rolesOf({ name, nats }: NatsClaims): Permitted[] {
  const scoped = asList(nats.signing_keys)
    .map(asMap)
    .filter(({ template }) => template !== undefined);
  return scoped.map(({ role, template }) => {
    const who = `role ${JSON.stringify(String(role ?? ""))} of account ${JSON.stringify(name)}`;
    return { who, name: String(role ?? ""), permissions: permissionsOfClaims(asMap(template)) };
  });
}

/** Users of a configuration, wherever they are: of the server, of accounts, of a part that others include. */
function configuredIn(config: NatsMap): Permitted[] {
  const below = config.everything();
  const maps = [config, ...below.flatMap(({ value }) => mapsIn(value))];
  const lists = maps.flatMap((map) => {
    const [defaults] = map.all("default_permissions", "default_permission", "permissions");
    return map.all("users").flatMap(({ value, path }) => {
      // Those of an authorization callout are named only; routes, gateways and leaf nodes have no permissions.
      if (path.some((key) => /^(auth_callout|auth_hook|cluster|gateway|leaf|leafnodes)$/.test(key))) return [];
      return mapsIn(value)
        .filter((user) => user.has("user", "username", "nkey"))
        .map((user) => listed(user, defaults?.value));
    });
  });
  const alone = below
    .filter(({ key, path }) => /^(authorization|authentication)$/.test(key) && isClients(path))
    .flatMap(({ value }) => mapsIn(value))
    .filter((map) => map.has("user", "username", "token"))
    .map((map): Permitted => {
      const name = nameIn(map.all("user", "username")[0]?.value) ?? "token";
      return { who: `user ${JSON.stringify(name)}`, name, permissions: permissionsOfConfig(undefined) };
    });
  return [...lists, ...alone];
}

/** Of the server itself, or of clients by WebSocket and MQTT; elsewhere `authorization` is of servers, or a user's permissions. */
function isClients(path: readonly string[]): boolean {
  return path.length === 1 || (path.length === 2 && /^(websocket|ws|mqtt)$/.test(path[0] ?? ""));
}

function listed(user: NatsMap, defaults: NatsValue | undefined): Permitted {
  const name = nameIn(user.all("user", "username", "nkey")[0]?.value) ?? "";
  const [own] = user.all("permissions", "permission", "authorization");
  const permissions = permissionsOfConfig(own === undefined ? defaults : own.value);
  return { who: `user ${JSON.stringify(name)}`, name, permissions };
}

function nameIn(value: NatsValue | undefined): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
