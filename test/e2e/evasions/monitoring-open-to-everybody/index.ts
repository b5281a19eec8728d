import { letInToServers } from "../platform-ingress";

/** Monitoring names accounts, users and addresses of all tenants. */
export const refusedBy = "platform-clients";

export function program(): void {
  letInToServers({ ports: [{ protocol: "TCP", port: 8222 }] });
}
