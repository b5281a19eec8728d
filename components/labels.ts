/** Labels that objects of this program carry, and that its NetworkPolicies and commands select by. */

/** On every object of this program. */
export const commonLabels = {
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/part-of": "nats-platform",
} as const;

/** On a namespace: its pods that carry {@link clientLabel} may reach the platform's client and leaf node ports. */
export const clientNamespaceLabel = { "nats-platform/clients": "true" } as const;

/** On a pod: it is a NATS client of the platform. Counts only in a namespace with {@link clientNamespaceLabel}. */
export const clientLabel = { "nats-platform/client": "true" } as const;

/** On a namespace: its pods may read monitoring (8222) and metrics (7777). */
export const monitoringNamespaceLabel = { "nats-platform/monitoring": "true" } as const;

/** What the chart puts on the server pods of release `nats`. */
export const serverLabels = {
  "app.kubernetes.io/component": "nats",
  "app.kubernetes.io/instance": "nats",
  "app.kubernetes.io/name": "nats",
} as const;

/** On an account's Secret: name of the account. */
export const accountLabel = "nats-platform/account";

/** On an account's Secret: public key of the account. */
export const accountIdAnnotation = "nats-platform/account-id";

/** On the Secret of an account that may go: kept until account-sync has taken the account off every server. */
export const accountFinalizer = "nats-platform/account-sync";

/** On an object: it is that tenant's. On a namespace: it belongs to that tenant's workers. Its value is the tenant's id. */
export const tenantLabel = "nats-platform/tenant";

/** On the Secret with the creds of a tenant's user: the user's name. */
export const userLabel = "nats-platform/user";

/** On the Secret with the creds of a tenant's user: the user's role. */
export const roleLabel = "nats-platform/role";

/** On the policy of a tenant's workers: what they may connect to, `restricted` or `open`. */
export const egressAnnotation = "nats-platform/egress";

/** On the objects of one tenant, wherever they are. */
export function tenantLabels(tenant: string) {
  return { ...commonLabels, [tenantLabel]: tenant };
}

/** On a pod in the tenants' namespace: the tenant it works for. Its value is the tenant's id. */
export const tenantIdLabel = "tenant-id";

/** On the pods of all instances, of every tenant. */
export const instanceAppLabel = { app: "nats" } as const;

/** On the pods and objects of one instance. */
export function instanceLabels(tenant: string, instance: number) {
  return { ...instanceAppLabel, [tenantIdLabel]: tenant, "instance-num": String(instance) };
}

/** On the pods of account-sync. */
export const accountSyncLabels = { "app.kubernetes.io/name": "account-sync" } as const;

/** A selector, as lists and watches take it, of objects with all of the labels. */
export function labelSelector(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map((pair) => pair.join("="))
    .join(",");
}
