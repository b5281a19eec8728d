import { accountLimits } from "./identity/account-limits";
import { credsAge } from "./identity/creds-age";
import { noAuthUser } from "./identity/no-auth-user";
import { noPlainCredentials } from "./identity/no-plain-credentials";
import { noPrivateKeys } from "./identity/no-private-keys";
import { resolverFull } from "./identity/resolver-full";
import { userPermissions } from "./identity/user-permissions";
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
  noPlainCredentials,
  noAuthUser,
  userPermissions,
  accountLimits,
  resolverFull,
  noPrivateKeys,
  credsAge,
] as const;
