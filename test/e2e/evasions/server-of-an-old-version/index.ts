import { servers } from "../servers";

/** An image that is pinned, to a server with known holes. */
export const refusedBy = "server-version";

export function program(): void {
  servers({ container: { image: "nats:2.10.7-alpine" } });
}
