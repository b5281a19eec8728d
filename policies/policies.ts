import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { accountLimits } from "./identity/account-limits";
import { credsAge } from "./identity/creds-age";
import { noAuthUser } from "./identity/no-auth-user";
import { noPlainCredentials } from "./identity/no-plain-credentials";
import { noPrivateKeys } from "./identity/no-private-keys";
import { resolverFull } from "./identity/resolver-full";
import { userPermissions } from "./identity/user-permissions";
import { platformClients } from "./isolation/platform-clients";
import { tenantAccess } from "./isolation/tenant-access";
import { tenantDefaultDeny } from "./isolation/tenant-default-deny";
import { tenantExposure } from "./isolation/tenant-exposure";
import { tenantHostAccess } from "./isolation/tenant-host-access";
import { tenantIngress } from "./isolation/tenant-ingress";
import { tenantLabels } from "./isolation/tenant-labels";
import { tenantNamespaces } from "./isolation/tenant-namespaces";
import { tenantNetworkPolicy } from "./isolation/tenant-network-policy";
import { tenantSharedIdentity } from "./isolation/tenant-shared-identity";
import type { Documented } from "./kernel/policy";
import { dataProtected } from "./platform/data-protected";
import { imagesPinned } from "./platform/images-pinned";
import { jetstreamReplicas } from "./platform/jetstream-replicas";
import { platformDisruptionBudget } from "./platform/platform-disruption-budget";
import { platformReplicas } from "./platform/platform-replicas";
import { platformSpread } from "./platform/platform-spread";
import { platformStorage } from "./platform/platform-storage";
import { platformTls } from "./platform/platform-tls";
import { podSecurity } from "./platform/pod-security";
import { resourcesSet } from "./platform/resources-set";
import { serverVersion } from "./platform/server-version";
import { calloutAudience } from "./tokens/callout-audience";
import { noTokenSecrets } from "./tokens/no-token-secrets";
import { tokenAudience } from "./tokens/token-audience";
import { tokenAutomount } from "./tokens/token-automount";
import { tokenEgress } from "./tokens/token-egress";
import { tokenLifetime } from "./tokens/token-lifetime";
import { tokenWiring } from "./tokens/token-wiring";

/** A policy of the pack. */
export type PackPolicy = Documented<ResourceValidationPolicy> | Documented<StackValidationPolicy>;

/** The policies by what they are about, in the order in which the documents have them. */
export const groups: Readonly<Record<string, readonly PackPolicy[]>> = {
  "Tenant isolation": [
    tenantLabels,
    tenantNamespaces,
    tenantNetworkPolicy,
    tenantIngress,
    tenantDefaultDeny,
    tenantExposure,
    tenantHostAccess,
    tenantSharedIdentity,
    tenantAccess,
    platformClients,
  ],
  Tokens: [tokenAudience, tokenLifetime, tokenWiring, tokenEgress, tokenAutomount, noTokenSecrets, calloutAudience],
  Identity: [noPlainCredentials, noAuthUser, userPermissions, accountLimits, resolverFull, noPrivateKeys, credsAge],
  Platform: [
    platformReplicas,
    platformSpread,
    platformDisruptionBudget,
    platformStorage,
    platformTls,
    jetstreamReplicas,
    resourcesSet,
    serverVersion,
    imagesPinned,
    podSecurity,
    dataProtected,
  ],
};

/** All policies of the pack. */
export const policies: readonly PackPolicy[] = Object.values(groups).flat();
