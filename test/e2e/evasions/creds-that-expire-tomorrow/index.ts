import { creds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Who uses them is locked out then. */
export const refusedBy = "creds-age";

export function program(): void {
  secret("creds", { "nats.creds": creds({ daysToLive: 2 }) });
}
