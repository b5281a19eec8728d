import { servers } from "../servers";

/** Somebody allowed it, for a while that is over. */
export const refusedBy = "data-protected";

export const config = {
  "data-protected": { production: true, approvals: [{ resource: "StatefulSet/nats/nats", until: "2020-12-31" }] },
};

export function program(): void {
  servers({});
}
