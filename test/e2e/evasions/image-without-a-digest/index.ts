import { servers } from "../servers";

/** Whoever may push the tag changes what runs. */
export const refusedBy = "images-pinned";

/** Its environment is production. */
export const config = { "images-pinned": { production: true } };

export function program(): void {
  servers({});
}
