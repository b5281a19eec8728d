import type { Cell } from "../../../../commands/prove-isolation/cells";
import type { Environment, Target, TenantFacts } from "../../../../commands/prove-isolation/environment";

export function target(name: string, pods: readonly string[]): Target {
  return {
    name,
    host: `service-of-${name}`,
    pods: pods.map((pod) => ({ name: pod, ip: `ip-of-${pod}` })),
  };
}

export function tenant(id: string, instances: number, changes: Partial<TenantFacts> = {}): TenantFacts {
  return {
    id,
    account: `A${id.toUpperCase()}`,
    egress: "restricted",
    creds: { user: "admin", role: "admin", secret: `nats-${id}-admin-creds` },
    instances: Array.from({ length: instances }, (_, index) =>
      target(`nats-${id}-${index + 1}`, [`nats-${id}-${index + 1}-x`]),
    ),
    ...changes,
  };
}

/** An environment of three tenants, one without instances, with a monitoring namespace of its own. */
export const environment: Environment = {
  namespaces: { platform: "nats", tenants: "vrsky-tenants", monitoring: "vrsky-monitoring" },
  monitoring: { labelled: true },
  platform: { target: target("nats", ["nats-0", "nats-1", "nats-2"]), leafnodes: true },
  metrics: true,
  tenants: [tenant("acme", 2), tenant("globex", 1), tenant("initech", 0, { egress: "open" })],
};

export function cell(changes: Partial<Cell> = {}): Cell {
  return {
    part: "network",
    row: "acme",
    target: "nats-acme-1",
    question: "4222",
    address: "service",
    expected: "open",
    observed: "open",
    ok: true,
    detail: "greeted by nats-acme-1-x",
    ...changes,
  };
}
