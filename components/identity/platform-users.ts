import { type AccountLimits, unlimited } from "./claims/limits";
import { everything, jetstreamReading, nothing } from "./claims/permissions";
import type { ConnectionType, UserAccess } from "./claims/user";

/** Users every platform has. */
export type PlatformUserName =
  | "system"
  | "account-sync"
  | "control-plane"
  | "observer"
  | "auth-callout"
  | "sentinel"
  | "expired";

/** Oldest nats-server that may run: security advisories 2026-16 and 2026-18 are fixed in it. */
export const minimumServerVersion = "2.14.0";

/** Inbox prefix an observer must connect with (`inboxPrefix` of the clients, `--inbox-prefix` of the CLI), so that it cannot read other users' answers. */
export const observerInboxPrefix = "_INBOX_observer";

/** Inbox prefix account-sync must connect with, for the same reason. */
export const accountSyncInboxPrefix = "_INBOX_account-sync";

const clientsOnly: readonly ConnectionType[] = ["STANDARD", "WEBSOCKET"];

/** The system account, unlimited: a limit there would shut the operator out during the very incident that fills it. */
export const systemAccountLimits: AccountLimits = {
  connections: unlimited,
  leafNodes: unlimited,
  subscriptions: unlimited,
  payload: unlimited,
  data: unlimited,
  imports: unlimited,
  exports: unlimited,
  wildcardExports: true,
  disallowBearer: true,
};

/** Defaults of account PLATFORM. A leaking client fills its own account, not the servers. */
export const platformAccountLimits: AccountLimits = {
  connections: 10_000,
  leafNodes: 100,
  subscriptions: 100_000,
  // Of the size of the server's own default, `max_payload` 1 MiB: raise both or none.
  payload: 1024 * 1024,
  // Not enforced by the server.
  data: unlimited,
  imports: 100,
  exports: 100,
  wildcardExports: true,
  disallowBearer: true,
};

/** Account AUTH: the callout service alone connects for good; a login passes through until it is decided. */
export const authAccountLimits: AccountLimits = {
  // Logins under way at a time: after an outage every client logs in at once.
  connections: 10_000,
  leafNodes: 100,
  subscriptions: 100,
  // A request holds the client's token and certificates.
  payload: 1024 * 1024,
  data: unlimited,
  imports: 0,
  exports: 0,
  wildcardExports: false,
  // The sentinel is a bearer user.
  disallowBearer: false,
};

/** What the platform's users may do. */
export const platformUsers: Readonly<Record<PlatformUserName, UserAccess>> = {
  /** System account: server events, monitoring, account updates. */
  system: { permissions: everything, allowedConnectionTypes: clientsOnly },

  /** System account: hands accounts to the servers, asks what they hold and who is connected, closes connections, deletes the streams of accounts that are gone, and nothing else. */
  "account-sync": {
    permissions: {
      publish: {
        allow: [
          "$SYS.REQ.CLAIMS.UPDATE",
          "$SYS.REQ.CLAIMS.DELETE",
          "$SYS.REQ.CLAIMS.LIST",
          "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP",
          "$SYS.REQ.SERVER.PING.IDZ",
          "$SYS.REQ.SERVER.*.ACCOUNTZ",
          "$SYS.REQ.SERVER.*.CONNZ",
          "$SYS.REQ.SERVER.*.KICK",
          "$JS.API.ACCOUNT.PURGE.*",
        ],
      },
      subscribe: { allow: [`${accountSyncInboxPrefix}.>`] },
    },
    allowedConnectionTypes: ["STANDARD"],
  },

  /** Account PLATFORM, everything: creates buckets and streams, runs the platform's own services. */
  "control-plane": { permissions: everything, allowedConnectionTypes: clientsOnly },

  /**
   * Account PLATFORM, reading only: describes and reads streams, consumers and buckets by request.
   * It cannot create a consumer (that writes), so it reads messages one by one and cannot watch a bucket, and it sees no subject of the account live.
   */
  observer: {
    permissions: {
      publish: {
        allow: jetstreamReading,
      },
      subscribe: { allow: [`${observerInboxPrefix}.>`] },
    },
    allowedConnectionTypes: clientsOnly,
  },

  /** Account AUTH: hears login requests and answers each once. The server waits 2 seconds for an answer by default, so 5 are enough. */
  "auth-callout": {
    permissions: {
      publish: {},
      subscribe: { allow: ["$SYS.REQ.USER.AUTH"] },
      responses: { max: 1, ttlSeconds: 5 },
    },
    allowedConnectionTypes: ["STANDARD"],
  },

  /** Account AUTH: what a login without creds is taken for until the callout decides. A bearer token everybody may know, so it may do nothing, over any kind of connection. */
  sentinel: { permissions: nothing, bearer: true },

  /** Account PLATFORM: a user like the others but for its expiry, by which `verify` proves that servers refuse expired creds. */
  expired: { permissions: nothing, allowedConnectionTypes: clientsOnly },
};

/** Seconds until the creds of a user expire; those not named here never do. */
export const platformUserTtlSeconds: Readonly<Partial<Record<PlatformUserName, number>>> = { expired: 1 };
