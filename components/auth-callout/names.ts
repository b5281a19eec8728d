import { appInboxRoot } from "../tenant/roles";

/** Names that the objects of the authorization callout, the service itself, tenants' stacks and commands agree on. */

/** Of its Deployment, Service, ServiceAccount and NetworkPolicy. */
export const calloutName = "auth-callout";

/** On its pods. */
export const calloutLabels = { "app.kubernetes.io/name": calloutName } as const;

/** Secret, in the callout's namespace, by which it signs users of a tenant's apps. */
export function appSignerSecretName(tenant: string): string {
  return `nats-app-signer-${tenant}`;
}

/** Keys of {@link appSignerSecretName}. */
export const appSignerKeys = {
  /** Public key of the account, A... */
  account: "account.id",
  /** Seed, SA..., of the signing key of the account's role for apps. */
  seed: "signing.seed",
  /** What the tenant lets annotations of ServiceAccounts ask for, and whether it is suspended: JSON of {@link AppPolicy}. */
  policy: "policy.json",
} as const;

/** What a tenant says of its apps. */
export interface AppPolicy {
  /** Nobody of the tenant is let in. */
  readonly suspended: boolean;
  /** Subjects, wildcards allowed, that an annotation may ask to publish, in part or whole. */
  readonly publish: readonly string[];
  /** The same to subscribe. */
  readonly subscribe: readonly string[];
}

/** Annotations of a ServiceAccount: subjects its pods ask for beyond those of their namespace, separated by commas. */
export const subjectAnnotations = {
  publish: "nats.io/allowed-pub-subjects",
  subscribe: "nats.io/allowed-sub-subjects",
} as const;

/** What all annotations about NATS begin with; one that is not known is a mistake of spelling. */
export const annotationPrefix = "nats.io/";

/**
 * Inbox prefix that pods of a ServiceAccount connect with, and the only inboxes they may hear, below {@link appInboxRoot}. A namespace has no
 * dots, a ServiceAccount no underscores, so no two are alike and none is below another.
 */
export function appInboxPrefix(namespace: string, serviceAccount: string): string {
  return `${appInboxRoot}.${namespace}.${serviceAccount.replaceAll(".", "_")}`;
}
