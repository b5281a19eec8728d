import { names, ports } from "./ports";

/** Where a platform is reached. */
export interface PlatformUrls {
  /** For clients in the cluster. */
  readonly cluster: string;
  /** Every server by a name of its own, comma-separated: they answer there before they are Ready, when the Service does not yet lead to them. */
  readonly servers: string;
  /** For a client on this machine while {@link portForwardCommand} runs. */
  readonly external: string;
  /** For the `remotes` of a leaf node. */
  readonly leafnode: string;
  /** Monitoring of all servers, one address each. */
  readonly monitoring: string;
  readonly portForwardCommand: string;
}

/** Addresses of a platform; with a certificate on the client or leaf node port, their URLs ask for TLS. */
export function platformUrls(args: {
  namespace: string;
  replicas: number;
  tls: { client?: string; leafnodes?: string };
}): PlatformUrls {
  const host = (service: string) => `${service}.${args.namespace}.svc.cluster.local`;
  const scheme = args.tls.client ? "tls" : "nats";
  const server = (index: number) =>
    `${scheme}://${names.statefulSet}-${index}.${host(names.headlessService)}:${ports.client}`;
  return {
    servers: Array.from({ length: args.replicas }, (_, index) => server(index)).join(","),
    cluster: `${scheme}://${host(names.service)}:${ports.client}`,
    external: `${scheme}://localhost:${ports.client}`,
    leafnode: `${args.tls.leafnodes ? "tls" : "nats-leaf"}://${host(names.service)}:${ports.leafnode}`,
    monitoring: `http://${host(names.headlessService)}:${ports.monitoring}`,
    portForwardCommand: `kubectl port-forward --namespace ${args.namespace} service/${names.service} ${ports.client}:${ports.client}`,
  };
}
