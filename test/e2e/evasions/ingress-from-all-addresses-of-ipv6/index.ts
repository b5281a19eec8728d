import { clientPort, letIn } from "../ingress";

/** All addresses of IPv6. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ ipBlock: { cidr: "::/0" } }], ports: clientPort });
}
