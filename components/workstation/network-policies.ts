import { monitoringNamespaceLabel, serverLabels } from "../labels";
import { defaultDeny, type NamedPolicy, tcp } from "../network-policy";
import { clientsPolicy } from "../platform/network-policies";
import { ports } from "../platform/ports";

/**
 * NetworkPolicies of a workstation's namespace. The server's client and monitoring ports are open to everybody: who comes through a node's port
 * has no pod to be told by. It connects to nobody itself.
 */
export const workstationPolicies: readonly NamedPolicy[] = [
  defaultDeny,
  {
    name: "nats-servers",
    spec: {
      podSelector: { matchLabels: serverLabels },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { ports: tcp(ports.client, ports.monitoring) },
        { from: [{ namespaceSelector: { matchLabels: monitoringNamespaceLabel } }], ports: tcp(ports.metrics) },
      ],
    },
  },
  clientsPolicy(tcp(ports.client)),
];
