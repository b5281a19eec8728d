import { creds } from "../../../unit/policies/support/identity";
import { tenantSecret } from "../tenant";

/** Two tenants log in as one user. */
export const refusedBy = "tenant-shared-identity";

export function program(): void {
  const file = creds();
  for (const tenant of ["acme", "globex"]) tenantSecret(tenant, { "nats.creds": file });
}
