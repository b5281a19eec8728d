import * as k8s from "@pulumi/kubernetes";
import { serverLabels, serverMetadata, servers } from "../servers";

/** The budget lets two of three go. */
export const refusedBy = "platform-disruption-budget";

/** Its environment is production. */
export const config = { "platform-disruption-budget": { production: true } };

export function program(): void {
  servers({});
  new k8s.policy.v1.PodDisruptionBudget("nats", {
    metadata: serverMetadata,
    spec: { maxUnavailable: 2, selector: { matchLabels: serverLabels } },
  });
}
