import { service } from "../tenant";

/** Every node takes what comes to that address. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  service({ externalIPs: ["192.0.2.1"] });
}
