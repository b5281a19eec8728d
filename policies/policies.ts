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
] as const;
