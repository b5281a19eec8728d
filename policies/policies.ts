import { platformClients } from "./isolation/platform-clients";
import { tenantDefaultDeny } from "./isolation/tenant-default-deny";
import { tenantExposure } from "./isolation/tenant-exposure";
import { tenantHostAccess } from "./isolation/tenant-host-access";
import { tenantIngress } from "./isolation/tenant-ingress";
import { tenantLabels } from "./isolation/tenant-labels";
import { tenantNetworkPolicy } from "./isolation/tenant-network-policy";
import { tenantSharedIdentity } from "./isolation/tenant-shared-identity";
import { noTokenSecrets } from "./tokens/no-token-secrets";
import { tokenAudience } from "./tokens/token-audience";
import { tokenAutomount } from "./tokens/token-automount";
import { tokenLifetime } from "./tokens/token-lifetime";
import { tokenWiring } from "./tokens/token-wiring";

/** All policies of the pack, in the order in which the documents have them. */
export const policies = [
  tokenAudience,
  tokenLifetime,
  tokenWiring,
  tokenAutomount,
  noTokenSecrets,
  tenantLabels,
  tenantNetworkPolicy,
  tenantIngress,
  tenantDefaultDeny,
  tenantExposure,
  tenantHostAccess,
  tenantSharedIdentity,
  platformClients,
] as const;
