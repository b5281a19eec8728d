import { creds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Nobody knows any more who has had a copy. */
export const refusedBy = "creds-age";

export function program(): void {
  secret("creds", { "nats.creds": creds({ age: 900 }) });
}
