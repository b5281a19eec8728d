import { clientPort, letIn } from "../ingress";

/** An empty selector selects every pod of the namespace, other tenants among them. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ podSelector: {} }], ports: clientPort });
}
