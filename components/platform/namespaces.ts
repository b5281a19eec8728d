/**
 * Namespace of the Secrets with account JWTs. It has nothing else in it: RBAC cannot tell one Secret of a namespace from another
 * by label, and account-sync, which reads and changes these, is to read no creds.
 */
export function accountsNamespace(platformNamespace: string): string {
  return `${platformNamespace}-accounts`;
}

/**
 * Namespace of the Secrets by which the authorization callout signs users of the tenants' apps. Apart for the same reason: the callout is
 * to read no account, and account-sync nothing that signs users.
 */
export function calloutNamespace(platformNamespace: string): string {
  return `${platformNamespace}-callout`;
}
