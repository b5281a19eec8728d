import { type ServerValuesArgs, serverValues } from "../platform/server-values";

/** Ports of every node at which the server is reached from outside the cluster: 30000 to 32767, and free in the cluster. */
export interface NodePorts {
  readonly client: number;
  readonly monitoring: number;
}

/** What the values of a workstation's chart depend on. */
export interface WorkstationValuesArgs extends ServerValuesArgs {
  readonly nodePorts: NodePorts;
}

/**
 * Values of the official `nats` chart for one server by itself: no cluster, no leaf nodes, nothing to spread or to keep from eviction,
 * and a Service that every node answers for.
 */
export function workstationValues(args: WorkstationValuesArgs) {
  const server = serverValues(args);
  return {
    ...server,
    config: { ...server.config, cluster: { enabled: false } },
    container: {
      ...server.container,
      merge: {
        ...server.container.merge,
        // The server's full check fails for good where its volume has streams of an account that is not declared any more; nobody else's are worse for it.
        startupProbe: { ...server.container.merge.startupProbe, httpGet: { path: "/healthz?js-server-only=true" } },
      },
    },
    service: {
      ports: {
        nats: { enabled: true, nodePort: args.nodePorts.client },
        monitor: { enabled: true, nodePort: args.nodePorts.monitoring },
      },
      merge: { spec: { type: "NodePort" } },
    },
    podDisruptionBudget: { enabled: false },
    natsBox: { enabled: false },
  };
}
