import * as k8s from "@pulumi/kubernetes";

/** A chart's values stand in histories and in the release. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  const users = [{ user: "web", password: "correct-horse-battery" }];
  new k8s.helm.v3.Release("nats", { chart: "nats", values: { config: { merge: { authorization: { users } } } } });
}
