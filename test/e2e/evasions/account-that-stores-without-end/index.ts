import { accountJwt } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** One account that fills the disks of all. */
export const refusedBy = "account-limits";

export function program(): void {
  const change = ({ limits }: Record<string, unknown>) => Object.assign(limits as object, { disk_storage: -1 });
  secret("account", { "account.jwt": accountJwt({ change }) });
}
