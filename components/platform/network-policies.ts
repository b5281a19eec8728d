import { clientLabel, clientNamespaceLabel, monitoringNamespaceLabel, serverLabels } from "../labels";
import { ports } from "./ports";

/** One NetworkPolicy of the platform's namespace: its name and `spec`. */
export interface NamedPolicy {
  readonly name: string;
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly policyTypes: ("Ingress" | "Egress")[];
    readonly ingress?: object[];
    readonly egress?: object[];
  };
}

const tcp = (...numbers: number[]) => numbers.map((port) => ({ protocol: "TCP", port }));

const servers = { podSelector: { matchLabels: serverLabels } };

const dns = {
  to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } }],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

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
    { name: "default-deny", spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
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
    {
      name: "nats-clients",
      spec: {
        podSelector: { matchLabels: clientLabel },
        policyTypes: ["Egress"],
        egress: [{ to: [servers], ports: clientPorts }, dns],
      },
    },
  ];
}
