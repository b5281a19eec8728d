/** What `verify`'s two halves, the command and the probe it runs in the cluster, agree on. */

import type { AdmissionArgs } from "../../components/tenancy/admission";

/** One checked fact about the platform. */
export interface CheckResult {
  /** Kebab-case, stable: programs may match on it. */
  readonly name: string;
  readonly ok: boolean;
  /** One line for people: what was seen, or what is wrong and where. Never a secret. */
  readonly detail: string;
  /** Time the check took, in milliseconds. */
  readonly ms: number;
}

/** A key-value bucket as the stack's config declares it. */
export interface ExpectedBucket {
  readonly name: string;
  /** Seconds after which a value expires; 0 never. */
  readonly ttlSeconds: number;
  readonly replicas: number;
  /** Size limit in bytes; -1 unlimited. */
  readonly maxBytes: number;
  /** Revisions kept per key. */
  readonly history: number;
}

/** The state a platform should be in: public facts from its stack's outputs, no secret among them. */
export interface Expected {
  /** Number of servers. */
  readonly replicas: number;
  readonly buckets: readonly ExpectedBucket[];
  /** Public keys of the accounts by name: `SYS`, `PLATFORM`, `AUTH` at least. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Public key of the operator. */
  readonly operator: string;
  readonly jetstream: boolean;
  readonly leafnodes: boolean;
  readonly metrics: boolean;
  /** What the API server's policies for tenants are made of. */
  readonly admission: AdmissionArgs;
  /** Set when clients must use TLS. */
  readonly tls?: {
    /** Secret in the platform's namespace whose `ca.crt` signed the servers' certificates. @default the system's authorities */
    readonly caSecret?: string;
  };
}

/** The platform's users the probe acts as; each is a Secret `nats-<user>-creds` with the key `nats.creds`. */
export const users = ["system", "control-plane", "observer", "auth-callout", "sentinel", "expired"] as const;

/** One of {@link users}. */
export type User = (typeof users)[number];

/** Secret that holds the creds of a user. */
export function credsSecret(user: User): string {
  return `nats-${user}-creds`;
}

/** Where a server listens. */
export interface ServerAddress {
  /** Server name, which is its pod's. */
  readonly name: string;
  readonly host: string;
  /** Client port. */
  readonly port: number;
}

/** What the probe is told, as the JSON text of its `PROBE_SETTINGS`. */
export interface ProbeSettings {
  /** Names everything this run creates; letters and digits only. */
  readonly runId: string;
  /** `inside` runs every check as a NATS client; `outside` only tries to reach the servers from a pod that may not. */
  readonly role: "inside" | "outside";
  /** The Service clients connect to. */
  readonly service: { readonly host: string; readonly port: number };
  /** Every server that should be there, whether it runs or not. */
  readonly servers: readonly ServerAddress[];
  /** Ports a client must not reach, on every server. */
  readonly closedPorts: Readonly<Record<string, number>>;
  /** Port of leaf node connections. */
  readonly leafnodePort: number;
  /** Folder with one folder per user that holds `nats.creds`. */
  readonly credsDir: string;
  /** PEM file of the authority that signed the servers' certificates. */
  readonly caFile?: string;
  /** Account JWTs as their Secrets hold them, by account id. */
  readonly accountJwts: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** The oldest nats-server the platform accepts: security advisories 2026-16 and 2026-18 are fixed in it. */
export const serverVersionFloor = "2.14.0";
