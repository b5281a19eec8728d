import type { Field } from "../kernel/field";
import type { Findings } from "../kernel/findings";
import { mapsIn, type NatsMap, readNatsConfig } from "../kernel/nats-config";
import type { KubernetesObject } from "../kernel/object";
import { own } from "../kernel/own";

/** Kinds that hold texts by key. */
export const holders = ["ConfigMap", "Secret"];

/** One text that a ConfigMap or Secret holds. */
export interface Held {
  readonly key: string;
  readonly field: Field;
  readonly text: string;
}

/** The texts are in base64. */
const encoded: Readonly<Record<string, readonly string[]>> = { ConfigMap: ["binaryData"], Secret: ["data"] };
const plain: Readonly<Record<string, readonly string[]>> = { ConfigMap: ["data"], Secret: ["stringData"] };

/** Looks at each text that a ConfigMap or Secret holds; none of other objects. */
export function eachHeld(object: KubernetesObject, findings: Findings, look: (held: Held) => void): void {
  const { kind, root } = object;
  const places = [
    ...(own(plain, kind) ?? []).map((name) => ({ name, read: (text: string) => text })),
    ...(own(encoded, kind) ?? []).map((name) => ({ name, read: decoded })),
  ];
  findings.each(object, places, ({ name, read }) => {
    findings.each(object, root.at(name).entries(), ([key, field]) => {
      look({ key, field, text: read(field.text() ?? "") });
    });
  });
}

/** The text that is one in base64. */
export function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

/** Keys that say that a text is a configuration of NATS. Others' configurations have some of the server's other keys, too. */
const telling = [
  ["authorization"],
  ["accounts"],
  ["no_auth_user"],
  ["operator"],
  ["operators"],
  ["resolver"],
  ["account_resolver"],
  ["accounts_resolver"],
  ["resolver_preload"],
  ["system_account"],
  ["default_sentinel"],
  ["trusted_keys"],
  ["jetstream"],
  ["leafnodes"],
  ["server_name"],
  ["http_port"],
  ["max_payload"],
  ["pid_file"],
  ["users", "default_permissions"],
] as const;

/** The configuration of NATS that a text is, or a part of it that others include; undefined if it is neither. */
export function natsConfigOf({ key, text }: Pick<Held, "key" | "text">): NatsMap | undefined {
  const config = readNatsConfig(text);
  return isTold(config) || /\.conf$/i.test(key) || holdsUsers(config) ? config : undefined;
}

/** Whether a configuration is one of a NATS server beyond doubt: much else has users with passwords, too. */
export function isTold(config: NatsMap): boolean {
  return telling.some((keys) => keys.every((name) => config.has(name)));
}

/** What is in a file with a user, or several, for another to include. Much else has users with passwords; these have permissions or an NKey. */
function holdsUsers(config: NatsMap): boolean {
  const isUser = (map: NatsMap) => map.has("nkey") || (map.has("user", "username") && map.has("permissions"));
  const lists = config.everything().filter(({ key }) => key === "users");
  return isUser(config) || lists.some(({ value }) => mapsIn(value).some(isUser));
}
