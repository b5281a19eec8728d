import { clientPort, letIn } from "../ingress";

/** A rule without peers is for everybody. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ ports: clientPort });
}
