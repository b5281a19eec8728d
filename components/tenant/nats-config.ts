import { createHash } from "node:crypto";
import { ports } from "../platform/ports";

/** What the servers of a tenant's instances must know. All of it is public, but it names accounts, so it is kept in a Secret. */
export interface InstanceConfigArgs {
  readonly operatorJwt: string;
  /** Public key of the system account. */
  readonly systemAccountId: string;
  readonly systemAccountJwt: string;
  /** Public key of the tenant's account. */
  readonly accountId: string;
  readonly accountJwt: string;
}

/** Folders in the server's container. */
export const folders = { config: "/etc/nats-config", pid: "/var/run/nats", resolver: "/data/resolver" } as const;

/** File of the server's process id. */
export const pidFile = `${folders.pid}/nats.pid`;

/**
 * Leaving takes a server this many seconds at most, the least that nats-server accepts. It first stops to listen and tells its clients, waits
 * {@link lameDuckGraceSeconds}, then closes one after the other, a second apart at most: a handful of clients are gone long before.
 */
export const lameDuckSeconds = 30;

/**
 * Seconds between the word to clients and the first closed connection. Instances that leave together have all stopped to listen
 * by then, so that no client moves from one to the next that is about to go.
 */
export const lameDuckGraceSeconds = 5;

/**
 * nats.conf of a tenant's instances, the same for each. Core NATS: one server, no JetStream, no cluster, no leaf nodes.
 *
 * It starts with two accounts and cannot be given a third (`limit`): the tenant's, and the system account, by which account-sync hands over
 * a newer version of the former. `full`: what was handed over is kept, and a start never goes back to an older version.
 * The server's name is its pod's, from the environment.
 */
export function instanceConfig(args: InstanceConfigArgs): string {
  const accounts = [
    [args.systemAccountId, args.systemAccountJwt],
    [args.accountId, args.accountJwt],
  ];
  return `server_name: $SERVER_NAME
port: ${ports.client}
http_port: ${ports.monitoring}
pid_file: "${pidFile}"
lame_duck_duration: "${lameDuckSeconds}s"
lame_duck_grace_period: "${lameDuckGraceSeconds}s"
operator: ${args.operatorJwt}
system_account: ${args.systemAccountId}
resolver: { type: full, dir: "${folders.resolver}", allow_delete: true, interval: "2m", limit: ${accounts.length} }
resolver_preload: {
${accounts.map(([id, jwt]) => `  ${id}: ${jwt}\n`).join("")}}
`;
}

/**
 * Digest of what a running server cannot take without a restart: all but the tenant's account, which account-sync hands over.
 * @returns SHA-256 in hex
 */
export function restartDigest(args: InstanceConfigArgs): string {
  return createHash("sha256")
    .update(instanceConfig({ ...args, accountJwt: "" }))
    .digest("hex");
}
