import * as k8s from "@pulumi/kubernetes";

/** Who brings no creds is taken for a user. */
export const refusedBy = "no-auth-user";

export function program(): void {
  const conf =
    'accounts: { APP: { users: [{ nkey: "U", permissions: { publish: "a", subscribe: "a" } }] } }\nno_auth_user: app\n';
  new k8s.core.v1.ConfigMap("config", { metadata: { name: "config", namespace: "shop" }, data: { "nats.conf": conf } });
}
