import { servers } from "../servers";

/** Nodes that are drained together take the majority with them. */
export const refusedBy = "platform-disruption-budget";

/** Its environment is production. */
export const config = { "platform-disruption-budget": { production: true } };

export function program(): void {
  servers({});
}
