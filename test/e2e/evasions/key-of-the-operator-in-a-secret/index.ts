import { seeds } from "../../../unit/policies/support/identity";
import { secret } from "../secret";

/** Whoever reads it makes accounts of its own. */
export const refusedBy = "no-private-keys";

export function program(): void {
  secret("operator", { seed: seeds.operator });
}
