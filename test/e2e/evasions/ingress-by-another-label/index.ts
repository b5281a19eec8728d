import { clientPort, letIn } from "../ingress";

/** A policy that does not name the tenant selects its instances all the same: policies add up. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ podSelector: {} }], ports: clientPort }, { matchLabels: { app: "nats" } });
}
