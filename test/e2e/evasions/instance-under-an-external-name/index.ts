import { service } from "../tenant";

/** Clients of the tenant are led elsewhere, with their logins. */
export const refusedBy = "tenant-exposure";

export function program(): void {
  service({ type: "ExternalName", externalName: "nats.example.com" });
}
