import type { Rule } from "../account-sync/permissions";

/**
 * What the authorization callout may do in Kubernetes. It looks at the whole cluster, because apps are in any namespace, and changes nothing
 * but to tell, by events, what is wrong with annotations. Secrets it reads in one namespace, which has nothing in it but what it needs.
 */
export const clusterPermissions: Rule[] = [
  { apiGroups: [""], resources: ["pods", "serviceaccounts", "namespaces"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create"] },
];

/** In the namespace of the tenants' Secrets. */
export const calloutNamespacePermissions: Rule[] = [
  { apiGroups: [""], resources: ["secrets"], verbs: ["list", "watch"] },
];

/** ClusterRoles of Kubernetes by which tokens are verified: the published keys can be read, or tokens reviewed. */
export const verificationRoles = {
  jwks: "system:service-account-issuer-discovery",
  "token-review": "system:auth-delegator",
} as const;
