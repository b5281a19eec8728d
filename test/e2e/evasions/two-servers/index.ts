import { servers } from "../servers";

/** Two servers stop with either of them. */
export const refusedBy = "platform-replicas";

export function program(): void {
  servers({ spec: { replicas: 2 } });
}
