import { jetstreamReading } from "../identity/claims/permissions";
import type { ConnectionType, UserAccess } from "../identity/claims/user";

/** What a user of a tenant is for. Each role has signing keys of its own, so what it may do stands in the account, not in the user. */
export type TenantRole = "worker" | "admin" | "observer";

/** Leaf nodes and MQTT would bring in clients that nobody here has let in. */
const clientsOnly: readonly ConnectionType[] = ["STANDARD", "WEBSOCKET"];

/** Requests by which streams are made, changed, emptied or moved. A stream is what its tenant keeps; workers use it. */
const streamAdministration = [
  "CREATE.*",
  "UPDATE.*",
  "DELETE.*",
  "PURGE.*",
  "SNAPSHOT.*",
  "RESTORE.*",
  "MSG.DELETE.*",
  "PEER.REMOVE.*",
  "LEADER.STEPDOWN.*",
].map((request) => `$JS.API.STREAM.${request}`);

/** Inbox prefix an observer must connect with, so that it cannot read the answers to others. */
export function observerInboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/** What no program of a tenant may publish: administration of streams and consumers, and requests to the servers themselves. */
const administration = [
  ...streamAdministration,
  "$JS.API.CONSUMER.LEADER.STEPDOWN.*.*",
  "$JS.API.META.>",
  "$JS.API.SERVER.>",
  "$JS.API.ACCOUNT.>",
  "$SYS.>",
];

/** Tags of a user of role `app`, each with one subject that it may publish, or subscribe. */
export const appTags = { publish: "pub", subscribe: "sub" } as const;

/** First token of every app's inbox. In upper case, which no name of a user is, so that it is no {@link observerInboxPrefix}. */
export const appInboxRoot = "_INBOX_APP";

/**
 * Apps that log in with their ServiceAccount's token, whose user the authorization callout signs. The subjects are the callout's to say, by
 * tags ({@link appTags}); whatever it says, servers refuse what is denied here: the callout's key is good for no more.
 *
 * Answers go to inboxes, which an app may publish to without hearing them: whoever asked told it the one that counts. A server's own rule for
 * answers (`resp`) would let an app publish to whatever reply subject is in a message that it received, also one it sent itself, and before
 * `deny` is looked at: to any subject there is. https://github.com/nats-io/nats-server/blob/v2.14.2/server/client.go#L4104
 */
export const appAccess: UserAccess = {
  permissions: {
    publish: { allow: [`{{tag(${appTags.publish})}}`, "_INBOX.>", `${appInboxRoot}.>`], deny: administration },
    // `_INBOX.>`: answers to every client that has no inbox prefix of its own.
    subscribe: { allow: [`{{tag(${appTags.subscribe})}}`], deny: ["$JS.API.>", "$SYS.>", "_INBOX.>"] },
  },
  allowedConnectionTypes: clientsOnly,
};

/** Name of the role of {@link appAccess} in the account. No user of a tenant's file can have it. */
export const appRole = "app";

/** What each role may do, in its tenant's account and nowhere else. */
export const tenantRoles: Readonly<Record<TenantRole, UserAccess>> = {
  /**
   * The tenant's own programs: every subject of their own, JetStream as a client (publish, consumers, messages, keys and values).
   * No change of streams, no look at requests to JetStream, nothing of the servers.
   */
  worker: {
    permissions: {
      publish: {
        allow: [">"],
        deny: administration,
      },
      // Who hears a request could answer it, too.
      subscribe: { allow: [">"], deny: ["$JS.API.>", "$SYS.>"] },
    },
    allowedConnectionTypes: clientsOnly,
  },

  /** The tenant's owner: everything in the account. */
  admin: {
    permissions: { publish: { allow: [">"] }, subscribe: { allow: [">"] } },
    allowedConnectionTypes: clientsOnly,
  },

  /**
   * Dashboards and people who look: streams, consumers and stored messages by request, connections and figures of the own account.
   * Hears no subject of the account live, and connects with {@link observerInboxPrefix}.
   */
  observer: {
    permissions: {
      publish: {
        allow: [
          ...jetstreamReading,
          "$SYS.REQ.ACCOUNT.PING.CONNZ",
          "$SYS.REQ.ACCOUNT.PING.STATZ",
          "$SYS.REQ.USER.INFO",
        ],
      },
      subscribe: { allow: [`${observerInboxPrefix("{{name()}}")}.>`] },
    },
    allowedConnectionTypes: clientsOnly,
  },
};
