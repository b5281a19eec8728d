import { creds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Nothing is said of what the user may do, so that it may do everything. */
export const refusedBy = "user-permissions";

export function program(): void {
  const change = (nats: Record<string, unknown>) => Object.assign(nats, { pub: {}, sub: {}, subs: 10 });
  secret("creds", { "nats.creds": creds({ change }) });
}
