import { serverConfig } from "../servers";

/** A tenant that is gone may still log in. */
export const refusedBy = "resolver-full";

export function program(): void {
  serverConfig(`port: 4222\noperator: /etc/nats/operator.jwt\nresolver: { type: full, dir: /data/resolver }\n`);
}
