import { accountJwt } from "../../../unit/policies/support/identity";
import { tenantSecret } from "../tenant";

/** Two tenants have one account of NATS. */
export const refusedBy = "tenant-shared-identity";

export function program(): void {
  const jwt = accountJwt();
  for (const tenant of ["acme", "globex"]) tenantSecret(tenant, { "account.jwt": jwt });
}
