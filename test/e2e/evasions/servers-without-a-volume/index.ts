import { servers } from "../servers";

/** Data that is gone with its pod. */
export const refusedBy = "platform-storage";

export function program(): void {
  servers({ spec: { volumeClaimTemplates: [] }, pod: { volumes: [{ name: "nats-js", emptyDir: {} }] } });
}
