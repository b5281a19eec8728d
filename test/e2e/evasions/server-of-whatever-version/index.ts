import { servers } from "../servers";

/** A tag that moves. */
export const refusedBy = "server-version";

export function program(): void {
  servers({ container: { image: "nats:alpine" } });
}
