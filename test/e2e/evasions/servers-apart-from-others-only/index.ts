import { servers, spread } from "../servers";

/** The rule counts pods of another label, so that it is about no two servers. */
export const refusedBy = "platform-spread";

/** Its environment is production. */
export const config = { "platform-spread": { production: true } };

export function program(): void {
  const labelSelector = { matchLabels: { app: "nats" } };
  servers({ pod: { topologySpreadConstraints: [{ ...spread, labelSelector }] } });
}
