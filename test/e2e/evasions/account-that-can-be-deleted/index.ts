import * as k8s from "@pulumi/kubernetes";

/** A destroy takes the account of a tenant with its streams. */
export const refusedBy = "data-protected";

/** Its environment is production. */
export const config = { "data-protected": { production: true } };

export function program(): void {
  const labels = { "nats-platform/account": "SHOP" };
  new k8s.core.v1.Secret("account", { metadata: { name: "nats-account-shop", namespace: "nats-accounts", labels } });
}
