import { serverConfig } from "../servers";

/** Accounts that came later are lost at the next start. */
export const refusedBy = "resolver-full";

export function program(): void {
  serverConfig(`port: 4222\noperator: /etc/nats/operator.jwt\nresolver: MEMORY\n`);
}
