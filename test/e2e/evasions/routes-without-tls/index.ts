import { serverConfig } from "../servers";

/** Clients come by TLS, and their messages go on in the clear. */
export const refusedBy = "platform-tls";

/** Its environment is production. */
export const config = { "platform-tls": { production: true } };

export function program(): void {
  const tls = "tls: { cert_file: /certs/tls.crt, key_file: /certs/tls.key }";
  serverConfig(`port: 4222\n${tls}\ncluster: { port: 6222, name: a }\n`);
}
