import { secret } from "../secret";

/** A user of a configuration, with leave to publish everything. */
export const refusedBy = "user-permissions";

export function program(): void {
  const user = '{ nkey: "U", permissions: { publish: ">", subscribe: "orders.>" } }';
  secret("config", { "nats.conf": `accounts: { APP: { users: [${user}] } }\n` });
}
