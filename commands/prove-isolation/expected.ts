import { ports } from "../../components/platform/ports";

/** Who asks, as far as the environment's policies tell one pod from another. */
export interface Asker {
  /** Short name, unique: the row of the matrix. */
  readonly row: string;
  /** For people: what kind of pod it is. */
  readonly description: string;
  readonly namespace: {
    readonly kind: "tenants" | "monitoring" | "foreign";
    /** Whether it is the environment's monitoring namespace, by name. */
    readonly isMonitoring: boolean;
    /** Whether it has the label by which the platform lets monitoring in. */
    readonly monitoringLabel: boolean;
    /** Whether it has the label by which its clients may reach the platform. */
    readonly clientsLabel: boolean;
  };
  /** Its label `tenant-id`. */
  readonly tenantId?: string;
  /** Whether it has the label of a client of the platform. */
  readonly client: boolean;
  /** Where it may send: `anywhere`, or only what a tenant's workers with restricted egress may. */
  readonly egress: "anywhere" | "restricted";
}

/** What is asked: a port, at a Service or one of its pods. */
export interface Port {
  /** Tenant of the instance; undefined: a server of the platform. */
  readonly tenant?: string;
  readonly at: "service" | "pod";
  readonly port: number;
}

/** Features that decide which ports are served. */
export interface Features {
  readonly leafnodes: boolean;
  readonly metrics: boolean;
}

/** Ports asked of an instance; nobody should reach routes, which it has none of. */
export const instancePorts: readonly number[] = [ports.client, ports.monitoring, ports.cluster, ports.metrics];

/** Ports asked of the platform. */
export const platformPorts: readonly number[] = [
  ports.client,
  ports.leafnode,
  ports.monitoring,
  ports.cluster,
  ports.metrics,
];

/** Ports where a nats-server speaks first. */
export const greetingPorts: ReadonlySet<number> = new Set([ports.client, ports.leafnode, ports.cluster]);

/** Whether this asker should reach this port: what the environment is meant to let through, not what its policies now say. */
export function expectedReach(asker: Asker, port: Port, features: Features): "open" | "closed" {
  const open = isServed(port, features) && isLetIn(asker, port) && isLetOut(asker, port);
  return open ? "open" : "closed";
}

function isServed({ tenant, at, port }: Port, { leafnodes, metrics }: Features): boolean {
  const ofInstance = tenant !== undefined;
  switch (port) {
    case ports.client:
      return true;
    case ports.leafnode:
      return leafnodes && !ofInstance;
    case ports.monitoring:
      return at === "pod" || ofInstance;
    case ports.metrics:
      return at === "pod" && metrics;
    default:
      return at === "pod" && !ofInstance;
  }
}

/** Policies of who is asked. */
function isLetIn({ namespace, tenantId, client }: Asker, { tenant, port }: Port): boolean {
  const ofInstance = tenant !== undefined;
  switch (port) {
    case ports.client:
    case ports.leafnode:
      return ofInstance ? namespace.kind === "tenants" && tenantId === tenant : namespace.clientsLabel && client;
    case ports.monitoring:
    case ports.metrics:
      return ofInstance ? namespace.isMonitoring : namespace.monitoringLabel;
    default:
      // Routes are for the servers themselves.
      return false;
  }
}

/** Policies of who asks. */
function isLetOut({ egress, tenantId }: Asker, { tenant, port }: Port): boolean {
  if (egress === "anywhere") return true;
  return port === ports.client && (tenant === undefined || tenant === tenantId);
}
