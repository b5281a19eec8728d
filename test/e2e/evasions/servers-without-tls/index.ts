import { serverConfig } from "../servers";

/** Tokens of apps in the clear. */
export const refusedBy = "platform-tls";

/** Its environment is production. */
export const config = { "platform-tls": { production: true } };

export function program(): void {
  serverConfig("port: 4222\nserver_name: a\n");
}
