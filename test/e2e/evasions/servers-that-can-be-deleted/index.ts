import { servers } from "../servers";

/** A wrong stack or a renamed resource deletes all streams. */
export const refusedBy = "data-protected";

/** Its environment is production. */
export const config = { "data-protected": { production: true } };

export function program(): void {
  servers({});
}
