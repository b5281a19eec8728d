import { letInToServers } from "../platform-ingress";

/** The label of pods alone, which whoever makes a pod may write. */
export const refusedBy = "platform-clients";

export function program(): void {
  const podSelector = { matchLabels: { "nats-platform/client": "true" } };
  letInToServers({ from: [{ namespaceSelector: {}, podSelector }], ports: [{ protocol: "TCP", port: 4222 }] });
}
