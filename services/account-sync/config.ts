import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { parseCreds } from "../creds";
import { messageOf } from "../log";
import type { LinkOptions } from "./nats/link";
import { readTrust, type Trust } from "./trust";

/** What the service is told through its environment. */
export interface Config {
  /** Namespace of the platform's servers, of this service and its Lease: `PLATFORM_NAMESPACE`. */
  readonly platformNamespace: string;
  /** Namespace of the accounts' Secrets and the tombstones: `ACCOUNTS_NAMESPACE`. */
  readonly accountsNamespace: string;
  /** Namespace of the tenants' instances: `TENANTS_NAMESPACE`. */
  readonly tenantsNamespace: string;
  /** `POD_NAME`, by which replicas tell each other apart. */
  readonly podName: string;
  /** `LISTEN_ADDRESS`, on which HTTP is served. @default every address */
  readonly listenAddress?: string;
  /** Whether the platform stores streams, which go with their account: `JETSTREAM`, true or false. */
  readonly jetstream: boolean;
  /** By `OPERATOR_JWT`. */
  readonly trust: Trust;
  /** `CREDS_FILE`; `TLS_SERVER_NAME` and `TLS_CA_FILE` when the platform's client port has a certificate. */
  readonly link: LinkOptions;
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
  const namespace = (name: string) =>
    checked(name, "the name of a namespace", matching(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/));
  const platformNamespace = namespace("PLATFORM_NAMESPACE");
  const accountsNamespace = namespace("ACCOUNTS_NAMESPACE");
  const tenantsNamespace = namespace("TENANTS_NAMESPACE");
  const podName = checked("POD_NAME", "the name of this pod", matching(/^[a-z0-9.-]+$/));
  const jetstream = checked("JETSTREAM", "true or false", matching(/^(true|false)$/)) === "true";
  const trust = checked("OPERATOR_JWT", "the JWT of the operator", readTrust);
  const credsFile = checked("CREDS_FILE", "a file with the creds of user account-sync", (file) => {
    parseCreds(readFileSync(file, "utf8"));
    return file;
  });
  const { TLS_SERVER_NAME: serverName, TLS_CA_FILE: caFile, LISTEN_ADDRESS: listenAddress } = env;
  if (listenAddress && !isIP(listenAddress)) {
    problems.push(`LISTEN_ADDRESS is ${JSON.stringify(listenAddress)}: it must be an address of this pod`);
  }
  if (caFile && !serverName) problems.push("TLS_CA_FILE is set without TLS_SERVER_NAME: set both or neither");
  if (problems.length > 0 || !platformNamespace || !accountsNamespace || !tenantsNamespace) throw wrong(problems);
  if (!podName || !trust || !credsFile) throw wrong(problems);
  const tls = serverName ? { tls: { serverName, ...(caFile ? { caFile } : {}) } } : {};
  return {
    platformNamespace,
    accountsNamespace,
    tenantsNamespace,
    podName,
    listenAddress,
    jetstream,
    trust,
    link: { credsFile, ...tls },
  };
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
