import { servers } from "../servers";

/** A setting for workstations, which does not count in production. */
export const refusedBy = "platform-replicas";

/** Its environment is production. */
export const config = { "platform-replicas": { production: true, minReplicas: 1 } };

export function program(): void {
  servers({ spec: { replicas: 1 } });
}
