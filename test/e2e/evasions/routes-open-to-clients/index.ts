import { letInToServers } from "../platform-ingress";

/** Clients reach the port by which servers join the cluster. */
export const refusedBy = "platform-clients";

export function program(): void {
  const client = {
    namespaceSelector: { matchLabels: { "nats-platform/clients": "true" } },
    podSelector: { matchLabels: { "nats-platform/client": "true" } },
  };
  letInToServers({ from: [client], ports: [{ protocol: "TCP", port: 4222, endPort: 6222 }] });
}
