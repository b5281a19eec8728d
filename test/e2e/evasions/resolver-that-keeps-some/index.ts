import { serverConfig } from "../servers";

/** Accounts are looked up elsewhere when somebody logs in. */
export const refusedBy = "resolver-full";

export function program(): void {
  serverConfig(`port: 4222\noperator: /etc/nats/operator.jwt\nresolver: { type: cache, dir: /data/resolver }\n`);
}
