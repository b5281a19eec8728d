import { letInToServers } from "../platform-ingress";

/** Whoever is in the cluster may try logins at the platform's servers. */
export const refusedBy = "platform-clients";

export function program(): void {
  letInToServers({ from: [{ namespaceSelector: {} }], ports: [{ protocol: "TCP", port: 4222 }] });
}
