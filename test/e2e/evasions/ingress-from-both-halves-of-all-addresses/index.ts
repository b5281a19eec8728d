import { clientPort, letIn } from "../ingress";

/** All addresses of IPv4 again, in two halves. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ ipBlock: { cidr: "0.0.0.0/1" } }, { ipBlock: { cidr: "128.0.0.0/1" } }], ports: clientPort });
}
