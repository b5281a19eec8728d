import { letIn, ownPods } from "../ingress";

/** The tenant's own pods read monitoring, which is the platform's. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: ownPods, ports: [{ protocol: "TCP", port: 8222 }] });
}
