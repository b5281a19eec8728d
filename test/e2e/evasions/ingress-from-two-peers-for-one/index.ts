import { clientPort, letIn, ownPods } from "../ingress";

/** A dash too many: the namespace is a peer by itself, and so is the selector. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({
    from: [{ namespaceSelector: { matchLabels: { "nats-platform/tenant": "acme" } } }, ...ownPods],
    ports: clientPort,
  });
}
