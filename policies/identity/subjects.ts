import { NatsMap, type NatsValue, NatsVariable, textsIn } from "../kernel/nats-config";
import { asList, asMap } from "./jwt";

export type Action = "publish" | "subscribe";

/** Subjects that are allowed and denied. */
export interface Lists {
  /** Undefined: everything that is not denied. */
  readonly allow: readonly string[] | undefined;
  readonly deny: readonly string[];
}

/** What somebody may do. */
export type Permissions = Readonly<Record<Action, Lists>>;

/**
 * Why subjects are too wide: they are everything, or everybody's inboxes. Undefined if they are not. What is denied counts only if it is
 * all of that: whoever may publish everything but some subjects may publish everything that comes to be.
 */
export function tooWide({ allow, deny }: Lists): string | undefined {
  const denied = (subject: string) => deny.some((one) => one === ">" || one === subject);
  if (denied(">")) return undefined;
  if (allow === undefined) return "everything, for want of an allow list";
  // A queue group may stand behind a subject.
  return allow.map((one) => one.trim().split(/\s+/)[0] ?? "").find((one) => isWide(one) && !denied(one));
}

/** Of nothing but wildcards, or of all that comes after `_INBOX`. */
export function isWide(subject: string): boolean {
  const [first = "", ...rest] = subject.split(".");
  const isWildcard = (token: string) => token === "*" || token === ">";
  if (isWildcard(first)) return rest.every(isWildcard);
  return first === "_INBOX" && rest.length > 0 && rest.every(isWildcard);
}

/** What a JWT says of its user, or a scoped signing key of its users. */
export function permissionsOfClaims(claims: Readonly<Record<string, unknown>>): Permissions {
  const lists = (name: string): Lists => {
    const { allow, deny } = asMap(claims[name]);
    const texts = (value: unknown) => asList(value).map(String);
    return { allow: texts(allow).length > 0 ? texts(allow) : undefined, deny: texts(deny) };
  };
  return withResponses({ publish: lists("pub"), subscribe: lists("sub") }, asMap(claims.resp) === claims.resp);
}

/** What a NATS configuration says of a user; `undefined` is a user of whom it says nothing, who may do everything. */
export function permissionsOfConfig(value: NatsValue | undefined): Permissions {
  const map = value instanceof NatsMap ? value : new NatsMap();
  const lists = (...names: string[]): Lists => {
    const entries = map.all(...names);
    const maps = entries.flatMap(({ value: one }) => (one instanceof NatsMap ? [one] : []));
    const valuesOf = (key: string) => maps.flatMap((one) => one.all(key).map(({ value: list }) => list));
    // The former way of writing it: the list that is allowed, by itself.
    const plain = entries.map(({ value: one }) => one).filter((one) => !(one instanceof NatsMap));
    const allow = [...plain, ...valuesOf("allow")].flatMap(allowedIn);
    return { allow: allow.length > 0 ? allow : undefined, deny: valuesOf("deny").flatMap(textsIn) };
  };
  const responses = map.all("allow_responses", "publish_allow_responses").some(({ value: one }) => one !== false);
  const permissions = { publish: lists("pub", "publish"), subscribe: lists("sub", "subscribe") };
  return withResponses(permissions, responses);
}

/** What is allowed by a variable may be anything. */
function allowedIn(value: NatsValue | undefined): string[] {
  if (value instanceof NatsVariable) return [">"];
  return Array.isArray(value) ? value.flatMap(allowedIn) : textsIn(value);
}

/** Who may answer may publish nothing that is not allowed. */
function withResponses(permissions: Permissions, responses: boolean): Permissions {
  const { publish } = permissions;
  return responses ? { ...permissions, publish: { ...publish, allow: publish.allow ?? [] } } : permissions;
}
