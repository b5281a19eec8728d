import { serverConfig } from "../servers";

/** The same between servers of tenants and of the platform. */
export const refusedBy = "platform-tls";

/** Its environment is production. */
export const config = { "platform-tls": { production: true } };

export function program(): void {
  const tls = "tls: { cert_file: /certs/tls.crt, key_file: /certs/tls.key }";
  serverConfig(`port: 4222\n${tls}\nleafnodes: { port: 7422 }\n`);
}
