import { leaseName, tombstonesSecretName } from "./names";

/** One rule of a Role. */
export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames?: string[];
  readonly verbs: string[];
}

/**
 * What account-sync may do in Kubernetes, by the namespace it may do it in.
 *
 * RBAC cannot tell Secrets by their labels, so it reads every Secret of the accounts' namespace and may patch them (it takes its finalizer
 * off); that is why nothing else may be kept there. A Lease is created by name, which RBAC cannot tell either.
 */
export const permissions = {
  accounts: [
    { apiGroups: [""], resources: ["secrets"], verbs: ["list", "watch", "patch"] },
    { apiGroups: [""], resources: ["secrets"], resourceNames: [tombstonesSecretName], verbs: ["get"] },
  ],
  platform: [
    { apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: [leaseName], verbs: ["get", "update"] },
  ],
  tenants: [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }],
} satisfies Record<string, Rule[]>;
