import { clientPort, letIn } from "../ingress";

/** Whoever has a tenant, whichever it is. */
export const refusedBy = "tenant-ingress";

export function program(): void {
  letIn({
    from: [{ podSelector: { matchExpressions: [{ key: "tenant-id", operator: "Exists" }] } }],
    ports: clientPort,
  });
}
