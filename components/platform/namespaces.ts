/**
 * Namespace of the Secrets with account JWTs. It has nothing else in it: RBAC cannot tell one Secret of a namespace from another
 * by label, and account-sync, which reads and changes these, is to read no creds.
 */
export function accountsNamespace(platformNamespace: string): string {
  return `${platformNamespace}-accounts`;
}
