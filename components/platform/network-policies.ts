import { clientLabel, clientNamespaceLabel, monitoringNamespaceLabel, serverLabels } from "../labels";
import { defaultDeny, dns, type NamedPolicy, tcp } from "../network-policy";
import { ports } from "./ports";

const servers = { podSelector: { matchLabels: serverLabels } };

/**
 * NetworkPolicies of the platform's namespace. They add up: all is denied both ways, then
 * clients (labelled pods of labelled namespaces) reach the client and leaf node ports, servers reach each other,
 * and monitoring namespaces read 8222 and 7777.
 */
export function networkPolicies(options: { leafnodes: boolean; metrics: boolean }): NamedPolicy[] {
  const clients = [
    { namespaceSelector: { matchLabels: clientNamespaceLabel }, podSelector: { matchLabels: clientLabel } },
  ];
  const monitoring = [{ namespaceSelector: { matchLabels: monitoringNamespaceLabel } }];
  const clientPorts = options.leafnodes ? tcp(ports.client, ports.leafnode) : tcp(ports.client);
  const monitoringPorts = options.metrics ? tcp(ports.monitoring, ports.metrics) : tcp(ports.monitoring);
  return [
    defaultDeny,
    {
      name: "nats-servers",
      spec: {
        podSelector: { matchLabels: serverLabels },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: clients, ports: clientPorts },
          { from: [servers], ports: tcp(ports.cluster) },
          { from: monitoring, ports: monitoringPorts },
        ],
        egress: [{ to: [servers], ports: tcp(ports.cluster) }, dns],
      },
    },
    clientsPolicy(clientPorts),
  ];
}

/** Lets clients in the servers' own namespace out to them, and to DNS. */
export function clientsPolicy(ports: ReturnType<typeof tcp>): NamedPolicy {
  return {
    name: "nats-clients",
    spec: {
      podSelector: { matchLabels: clientLabel },
      policyTypes: ["Egress"],
      egress: [{ to: [servers], ports }, dns],
    },
  };
}
