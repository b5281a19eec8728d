import { servers } from "../servers";

/** A server that takes its node with it. */
export const refusedBy = "resources-set";

export function program(): void {
  servers({ container: { resources: { requests: { cpu: "1", memory: "1Gi" } } } });
}
