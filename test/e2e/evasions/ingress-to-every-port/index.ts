import { letIn, ownPods } from "../ingress";

/** No ports are all ports. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: ownPods });
}
