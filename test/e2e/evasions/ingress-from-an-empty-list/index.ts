import { clientPort, letIn } from "../ingress";

/** An empty list of peers is no peer less: everybody. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [], ports: clientPort });
}
