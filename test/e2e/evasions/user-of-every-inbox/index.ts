import { creds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Who hears every inbox hears the answers to everybody. */
export const refusedBy = "user-permissions";

export function program(): void {
  const change = (nats: Record<string, unknown>) => Object.assign(nats, { sub: { allow: ["orders.>", "_INBOX.>"] } });
  secret("creds", { "nats.creds": creds({ change }) });
}
