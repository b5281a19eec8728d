import { calloutAudience } from "./tokens/callout-audience";
import { noTokenSecrets } from "./tokens/no-token-secrets";
import { tokenAudience } from "./tokens/token-audience";
import { tokenAutomount } from "./tokens/token-automount";
import { tokenEgress } from "./tokens/token-egress";
import { tokenLifetime } from "./tokens/token-lifetime";
import { tokenWiring } from "./tokens/token-wiring";

/** All policies of the pack, in the order in which the documents have them. */
export const policies = [
  tokenAudience,
  tokenLifetime,
  tokenWiring,
  tokenEgress,
  tokenAutomount,
  noTokenSecrets,
  calloutAudience,
] as const;
