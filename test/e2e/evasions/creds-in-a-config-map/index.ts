import * as k8s from "@pulumi/kubernetes";
import { creds } from "../../../unit/policies/support/identity";

/** Creds where nothing is kept secret. */
export const refusedBy = "no-plain-credentials";

export function program(): void {
  new k8s.core.v1.ConfigMap("creds", {
    metadata: { name: "creds", namespace: "shop" },
    data: { "nats.creds": creds() },
  });
}
