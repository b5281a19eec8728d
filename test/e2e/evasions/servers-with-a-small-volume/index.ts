import { servers } from "../servers";

/** A volume that is full at once. */
export const refusedBy = "platform-storage";

export function program(): void {
  servers({ claim: { resources: { requests: { storage: "100Mi" } } } });
}
