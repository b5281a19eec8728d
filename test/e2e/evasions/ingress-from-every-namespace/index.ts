import { clientPort, letIn, ownPods } from "../ingress";

/** An empty selector of namespaces selects them all. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({ from: [{ namespaceSelector: {}, podSelector: ownPods[0]?.podSelector ?? {} }], ports: clientPort });
}
