import { secret } from "../secret";

/** In a Secret, but as it is, where its hash would do. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  secret("config", {
    "nats.conf":
      "server_name: a\nauthorization { users: [{ user: web, permissions: { publish: a, subscribe: a }, password: correct-horse-battery }] }\n",
  });
}
