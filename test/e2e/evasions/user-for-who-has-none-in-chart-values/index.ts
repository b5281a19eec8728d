import * as k8s from "@pulumi/kubernetes";

/** The same, merged into a chart's configuration. */
export const refusedBy = "no-auth-user";

export function program(): void {
  new k8s.helm.v3.Release("nats", { chart: "nats", values: { config: { merge: { no_auth_user: "guest" } } } });
}
