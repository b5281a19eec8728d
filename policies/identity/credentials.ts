import type { NatsEntry, NatsMap } from "../kernel/nats-config";
import { decoded } from "./held";
import { holdsPrivateJwt } from "./jwt";

/** Private half of an NKey, of whatever owner: 58 characters of base32. */
const seed = /S[OAUNCXM][A-Z2-7]{56}/;
const blocks = /-----BEGIN (?:NATS USER JWT|(?:\w+ )?NKEY SEED|(?:[A-Z0-9]+ )*PRIVATE KEY)-----/;

/**
 * `scheme://user:password@`, and NATS' `nats://token@`. What is taken from a variable is no password.
 * Of the scheme its last character is enough: to look for its first takes minutes in a megabyte of words with dots between them.
 */
const passwordUrl = /[a-z0-9+.-]:\/\/[^\s:@/"']*:(?!\$[({\w])[^\s@/"']+@/i;
const tokenUrl = /\b(?:nats|tls|wss?):\/\/(?!\$[({\w])[^\s:@/"']+@/i;

/** What a text holds by which one logs in somewhere, in words; undefined for nothing. Also if it is in base64 once more. */
export function credentialIn(text: string): string | undefined {
  if (seed.test(text)) return "a text with an NKey seed";
  if (blocks.test(text)) return "a text with a private key or creds";
  if (holdsPrivateJwt(text)) return "a text with a JWT";
  if (passwordUrl.test(text)) return "a text with a password in an address";
  if (tokenUrl.test(text)) return "a text with a token in an address";
  return inner(text)
    .map(credentialIn)
    .find((found) => found !== undefined);
}

/** Owners' seeds in a text, `SO...` and the like, also if it is in base64 once more. */
export function holdsSeedOf(letters: string, text: string): boolean {
  return new RegExp(`S[${letters}][A-Z2-7]{56}`).test(text) || inner(text).some((one) => holdsSeedOf(letters, one));
}

/** What a text in base64 is. */
function inner(text: string): string[] {
  return /^[\w+/=\s-]{48,}$/.test(text) && text.length < 1_000_000 ? [decoded(text)].filter((one) => one !== text) : [];
}

/** Last words of names that tell of a credential, not it: where it is, what it is called, how long it is good. */
const about =
  /(FILE|PATH|DIR|FOLDER|NAME|NAMES|NAMESPACE|AUDIENCE|ISSUER|TTL|SECONDS|LIFETIME|EXPIRATION|URL|URI|ENABLED|TYPE|LENGTH|HEADER|COOKIE|REF)$/;
const anywhere =
  /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(^|_)(PASS|CREDS|CREDENTIALS|SEED|APIKEY|API_KEY|PRIVATE_KEY)(_|$)/;
const last = /(PASSWORD|PASSWD|PASSPHRASE|TOKEN)$|(^|_)PASS$/;

/**
 * Whether a name is that of a password, secret or token.
 * @param isVariable of a variable, where it stands anywhere; other names end with it
 */
export function namesCredential(name: string, isVariable: boolean): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toUpperCase();
  if (about.test(words) || /PUBLIC|^(MAX|MIN)_/.test(words)) return false;
  return (isVariable || /^[A-Z][A-Z0-9_]*$/.test(name) ? anywhere : last).test(words);
}

/** Whether a text is a value itself: not empty, not a switch, not the way to it, not what everybody may know. */
export function isLiteral(value: string): boolean {
  const text = value.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (text === "" || /^(true|false|yes|no|on|off|null|none|~)$/i.test(text)) return false;
  const isPath = /^\.{0,2}\/[\w./-]*$|^file:/.test(text);
  const isReference = /^\$\([\w.-]+\)$|^\$\{[^}]*\}$|^\$[A-Za-z_]\w*$|^\$\(.*\)$|^\{\{.*\}\}$|^<[\w -]+>$/.test(text);
  const isPublic = /^[AUONCXM][A-Z2-7]{55}$|^\$2[abxy]\$/.test(text) || (/^eyJ/.test(text) && !holdsPrivateJwt(text));
  return !isPath && !isReference && !isPublic;
}

/** Flags with a value beside them, and lines `NAME=value`, `name: value`. */
const flag =
  /(?:^|[\s"'])--?([\w-]*(?:pass|passwd|password|passphrase|token|secret)|auth)(?:=|\s+)("[^"]*"|'[^']*'|[^\s;|&]+)/gi;
const assignment = /(?:^|[\s{,;])["']?([A-Za-z_][\w.-]*)["']?[ \t]*[:=][ \t]*("[^"\n]*"|'[^'\n]*'|[^\s,;}]+)/g;

/** Names of flags in a command that have a password, secret or token. */
export function flagsWithCredentials(command: string): string[] {
  return [...command.matchAll(flag)].filter(([, , value = ""]) => isLiteral(value)).map(([, name = ""]) => name);
}

/** Names of variables and keys in a text that have one. */
export function assignedCredentials(text: string): string[] {
  return [...text.matchAll(assignment)]
    .filter(([, name = "", value = ""]) => namesCredential(name, false) && isLiteral(value))
    .map(([, name = ""]) => name);
}

/** Keys of a NATS configuration that hold a password, token or key. */
const keys = [
  "pass",
  "password",
  "token",
  "encryption_key",
  "ek",
  "prev_ek",
  "prev_encryption_key",
  "encryption_password",
  "srk_password",
];

/** The entries of a NATS configuration that are a password, a token, or JetStream's key, written out. Of bcrypt's ones only their digest is there. */
export function passwordsIn(config: NatsMap): NatsEntry[] {
  return config.everything().filter(({ key, value, path }) => {
    const isKey = keys.includes(key) || (/^(prev_)?key$/.test(key) && path.includes("jetstream"));
    return isKey && value !== undefined && ["string", "number"].includes(typeof value) && isLiteral(String(value));
  });
}
