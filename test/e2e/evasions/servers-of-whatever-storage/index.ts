import { servers } from "../servers";

/** The default class is whatever the cluster happens to have. */
export const refusedBy = "platform-storage";

/** Its environment is production. */
export const config = { "platform-storage": { production: true } };

export function program(): void {
  servers({ claim: { storageClassName: undefined } } as Parameters<typeof servers>[0]);
}
