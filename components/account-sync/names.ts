/** Names that account-sync's objects, the service itself and those who ask it agree on. */

/** Of its Deployment, Service, ServiceAccount and NetworkPolicies. */
export const accountSyncName = "account-sync";

/** Lease by which its replicas elect the one that acts. */
export const leaseName = "account-sync";

/** Secret with the orders to delete accounts that are gone. */
export const tombstonesSecretName = "nats-account-tombstones";

/** Key of the account's JWT in its Secret. */
export const accountJwtKey = "account.jwt";

/** Key of the order to delete the account in its Secret. */
export const deleteJwtKey = "delete.jwt";

/** On pods that may ask account-sync for the status of accounts, in its own namespace. */
export const accountAskerLabel = { "nats-platform/asks-account-sync": "true" } as const;
