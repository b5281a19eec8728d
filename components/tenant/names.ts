/** Names of a tenant's objects. They follow from its id, so that anybody who knows the id finds them. */

/** Longest id: every name below stays a DNS label. */
export const longestTenantId = 40;

/** Longest name of a user. */
export const longestUserName = 20;

/** Longest DNS label. */
export const longestLabel = 63;

/** The NATS account, in its JWT and as a label. */
export function accountName(tenant: string): string {
  return `tenant-${tenant}`;
}

/** Deployment and Service of an instance, counted from 1. */
export function instanceName(tenant: string, instance: number): string {
  return `nats-${tenant}-${instance}`;
}

/** URL of an instance's Service. */
export function instanceUrl(tenant: string, instance: number, namespace: string): string {
  return `nats://${instanceName(tenant, instance)}.${namespace}.svc.cluster.local:4222`;
}

/**
 * User of a tenant, as part of the name of its Secret `nats-<tenant>-<user>-creds`.
 * Names of users have no hyphen, or user `b-c` of tenant `a` and user `c` of tenant `a-b` would share a Secret.
 */
export function credsOwner(tenant: string, user: string): string {
  return `${tenant}-${user}`;
}

/** Secret with the instances' nats.conf. */
export function configName(tenant: string): string {
  return `nats-${tenant}-config`;
}

/** ServiceAccount of the instances. */
export function serviceAccountName(tenant: string): string {
  return `nats-${tenant}`;
}
