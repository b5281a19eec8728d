import { seeds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Whoever reads it makes users of that account. */
export const refusedBy = "no-private-keys";

export function program(): void {
  secret("account", { seed: seeds.account });
}
