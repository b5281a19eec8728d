import { instance } from "../tenant";

/** Every pod of the cluster reaches an instance that no policy selects. */
export const refusedBy = "tenant-network-policy";

export function program(): void {
  instance();
}
