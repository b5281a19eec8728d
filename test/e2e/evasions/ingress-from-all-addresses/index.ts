import { clientPort, letIn } from "../ingress";

/** All addresses of IPv4. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: clientPort });
}
