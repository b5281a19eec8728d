import { service } from "../tenant";

/** Without a selector the Service leads wherever its endpoints say. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  service({ selector: {} });
}
