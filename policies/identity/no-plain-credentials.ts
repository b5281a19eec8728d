import type { Findings } from "../kernel/findings";
import type { KubernetesObject } from "../kernel/object";
import { podKinds } from "../kernel/pods";
import { objectPolicy } from "../kernel/policy";
import {
  assignedCredentials,
  credentialIn,
  flagsWithCredentials,
  isLiteral,
  namesCredential,
  passwordsIn,
} from "./credentials";
import { eachHeld, type Held, holders, isTold, natsConfigOf } from "./held";
import { type Leaf, leavesOf } from "./leaves";

interface Settings {
  readonly passwordsInSecrets: boolean;
  readonly allowedNames: readonly string[];
}

/** Fields that say no more than what something is called. Of one that is not known yet nothing need be said. */
const mereNames = /(^|[a-z])names?(pace)?$|^(uid|image|host|clusterIP)$/i;

/** Where the values of a Secret are: in the only place that they may be. */
const ofHolders = ["data", "binaryData", "stringData"];

/** Where a server's configuration has passwords. */
const ofServer = /(^|\.)(authorization|authentication|users|jetstream|remotes)(\.|$)/;

/** Passwords, tokens and keys outside of Secrets. */
export const noPlainCredentials = objectPolicy<Settings>({
  name: "no-plain-credentials",
  description: "No password, token, seed or creds stand outside of Secrets, nor in a NATS configuration.",
  reason:
    "Whoever may read pods, ConfigMaps or a chart's values reads them, and they are copied into histories, logs and backups.",
  severity: "critical",
  settings: {
    passwordsInSecrets: {
      type: "boolean",
      description: "Whether the NATS configuration in a Secret may have passwords and tokens that are not bcrypt's.",
      default: false,
    },
    allowedNames: {
      type: "array",
      items: { type: "string" },
      description: "Names of variables, keys and flags that say password, secret or token, and hold none.",
      default: [],
    },
  },
  check: (object, settings, findings) => {
    const leaves = leavesOf(object.root).filter(({ field }) => {
      return !(holders.includes(object.kind) && ofHolders.includes(String(field.keys[0])));
    });
    findings.each(object, leaves, (leaf) => checkLeaf(object, leaf, settings, findings));
    eachHeld(object, findings, (held) => checkHeld(object, held, settings, findings));
  },
  example: {
    violation: "env: [{ name: NATS_PASSWORD, value: ... }]",
    fix: "env: [{ name: NATS_CREDS, value: /creds/nats.creds }] # where a Secret is mounted",
  },
});

function checkLeaf(object: KubernetesObject, leaf: Leaf, settings: Settings, findings: Findings): void {
  const { field, name, isVariable, before } = leaf;
  if (!field.isKnown && mereNames.test(name)) return;
  // Policy token-wiring says what it may be.
  if (isVariable && name === "NATS_URL" && podKinds.includes(object.kind)) return;
  const { value } = field;
  if (typeof value !== "string" && typeof value !== "number") return;
  const text = String(value);
  const isCommand = field.keys.some((key) => /^(command|args|extraArgs)$/.test(String(key)));
  const commands = isCommand ? [text, ...(before === undefined ? [] : [`${before} ${text}`])] : [];
  const called = [
    ...(namesCredential(name, isVariable) && isLiteral(text) ? [name] : []),
    ...commands.flatMap(flagsWithCredentials),
    ...(isCommand ? assignedCredentials(text) : []),
  ];
  const found = credentialIn(text) ?? literal(called, settings);
  if (found) add(object, field, found, findings);
}

function checkHeld(object: KubernetesObject, held: Held, settings: Settings, findings: Findings): void {
  const { key, field, text } = held;
  const config = natsConfigOf(held);
  const passwords = config ? passwordsIn(config).map(({ path }) => path.join(".")) : [];
  if (object.kind === "Secret") {
    // A Secret is the place for others' passwords.
    const own = passwords.find((path) => ofServer.test(path));
    const isServers = config !== undefined && (isTold(config) || key.endsWith(".conf"));
    if (settings.passwordsInSecrets || !isServers || own === undefined) return;
    add(object, field, `a NATS configuration with ${own} written out`, findings);
    return;
  }
  const inConfig = passwords.map((path) => `a NATS configuration with ${path} written out`)[0];
  const isLine = !text.trim().includes("\n");
  // Of a program's text, names tell too little: a variable that is called so is no password.
  const isCode = /\.(js|cjs|mjs|ts|py|go|rb|lua|html?|md)(\.\w+)?$/i.test(key);
  const called = [
    ...(isLine && namesCredential(key, true) && isLiteral(text) ? [key] : []),
    ...(isCode ? [] : [...assignedCredentials(text), ...flagsWithCredentials(text)]),
  ];
  const found = credentialIn(text) ?? inConfig ?? literal(called, settings);
  if (found) add(object, field, found, findings);
}

function literal(called: readonly string[], { allowedNames }: Settings): string | undefined {
  const [name] = called.filter((one) => !allowedNames.includes(one));
  return name === undefined ? undefined : `a text with ${JSON.stringify(name)} written out`;
}

function add(object: KubernetesObject, field: Leaf["field"], found: string, findings: Findings): void {
  findings.add(
    object,
    field,
    "must hold no password, token, seed or creds",
    "Keep it in a Secret and mount that as a file; log in to NATS with creds or a ServiceAccount token.",
    found,
  );
}
