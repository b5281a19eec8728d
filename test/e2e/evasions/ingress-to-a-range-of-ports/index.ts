import { letIn, ownPods } from "../ingress";

/** A range that takes in more than the port of clients. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: ownPods, ports: [{ protocol: "TCP", port: 4222, endPort: 8222 }] });
}
