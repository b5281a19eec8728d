import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { publicKeyProblem, type Signer, signerFromSeed } from "../../components/identity/nkey";
import { parseCreds } from "../creds";
import { messageOf } from "../log";
import { CurveKeys } from "../xkey";
import type { Mapping } from "./decide";
import type { LinkOptions } from "./nats/link";

/** What the service is told through its environment. */
export interface Config {
  /** Namespace of the tenants' Secrets: `CALLOUT_NAMESPACE`. */
  readonly calloutNamespace: string;
  /** Audience that tokens must have, and no other: `AUDIENCE`. */
  readonly audience: string;
  /** Issuer of tokens: `ISSUER`. @default the one the cluster publishes */
  readonly issuer?: string;
  /** `VERIFICATION`: by signature, `jwks`, or by asking the API server, `token-review`. */
  readonly verification: "jwks" | "token-review";
  /** `REQUIRE_POD`, true or false. */
  readonly requirePod: boolean;
  /** `MAPPING`, JSON. */
  readonly mapping: readonly Mapping[];
  /** `ACCOUNT_ID`: public key of account AUTH. */
  readonly accountId: string;
  /** `SIGNING_FILE`: signs answers. */
  readonly signer: Signer;
  /** `XKEY_FILE`: what servers encrypt to. */
  readonly curveKeys: CurveKeys;
  /** `NATS_URL`, `CREDS_FILE`, and `TLS_CA_FILE` for a certificate that Node does not know. */
  readonly link: LinkOptions;
  /** `LISTEN_ADDRESS`, on which HTTP is served. @default every address */
  readonly listenAddress?: string;
}

/**
 * Reads the environment.
 * @throws Error that lists every mistake, none of them with a secret in it
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const checked = <T>(name: string, accepted: string, read: (value: string) => T): T | undefined => {
    const value = env[name];
    try {
      if (!value) throw new Error("is not set");
      return read(value);
    } catch (error) {
      problems.push(`${name} ${messageOf(error)}: it must be ${accepted}`);
      return undefined;
    }
  };
  const file = <T>(name: string, accepted: string, read: (text: string) => T) =>
    checked(name, accepted, (path) => read(readFileSync(path, "utf8")));
  const calloutNamespace = checked(
    "CALLOUT_NAMESPACE",
    "the name of a namespace",
    matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  );
  const audience = checked("AUDIENCE", "the audience of tokens, such as nats", matching(/^\S+$/));
  const verification = checked("VERIFICATION", "jwks or token-review", matching(/^(jwks|token-review)$/));
  const requirePod = checked("REQUIRE_POD", "true or false", matching(/^(true|false)$/));
  const mapping = checked("MAPPING", "a JSON list of {namespace, serviceAccount?, tenant}", readMapping);
  const accountId = checked("ACCOUNT_ID", "the public key of account AUTH", (id) => {
    if (publicKeyProblem("", "account", id)) throw new Error("is no public key of an account");
    return id;
  });
  const signer = file("SIGNING_FILE", "a file with the seed of a signing key of account AUTH", (seed) =>
    signerFromSeed(seed, "account"),
  );
  const curveKeys = file(
    "XKEY_FILE",
    "a file with seeds of curve keys, a line each",
    (text) => new CurveKeys(linesOf(text)),
  );
  const natsUrl = checked(
    "NATS_URL",
    "the URL of the platform, nats:// or tls://",
    matching(/^(nats|tls):\/\/[^\s/]+$/),
  );
  const credsFile = checked("CREDS_FILE", "a file with the creds of user auth-callout", (path) => {
    parseCreds(readFileSync(path, "utf8"));
    return path;
  });
  const { TLS_CA_FILE: caFile, LISTEN_ADDRESS: listenAddress, ISSUER: issuer } = env;
  if (listenAddress && !isIP(listenAddress)) {
    problems.push(`LISTEN_ADDRESS is ${JSON.stringify(listenAddress)}: it must be an address of this pod`);
  }
  if (problems.length > 0 || !calloutNamespace || !audience || !mapping || !accountId) throw wrong(problems);
  if (!signer || !curveKeys || !natsUrl || !credsFile) throw wrong(problems);
  return {
    calloutNamespace,
    audience,
    ...(issuer ? { issuer } : {}),
    verification: verification === "token-review" ? "token-review" : "jwks",
    requirePod: requirePod === "true",
    mapping,
    accountId,
    signer,
    curveKeys,
    link: { url: natsUrl, credsFile, ...(caFile ? { caFile } : {}) },
    ...(listenAddress ? { listenAddress } : {}),
  };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function readMapping(text: string): readonly Mapping[] {
  const list: unknown = JSON.parse(text);
  const isMapping = (item: Partial<Record<keyof Mapping, unknown>>) =>
    typeof item?.namespace === "string" &&
    typeof item.tenant === "string" &&
    ["string", "undefined"].includes(typeof item.serviceAccount);
  if (!Array.isArray(list) || !list.every(isMapping)) throw new Error("is another text");
  return list as Mapping[];
}

function matching(pattern: RegExp): (value: string) => string {
  return (value) => {
    if (!pattern.test(value)) throw new Error(`is ${JSON.stringify(value)}`);
    return value;
  };
}

function wrong(problems: readonly string[]): Error {
  return new Error(`the environment is wrong: ${problems.join("; ")}`);
}
