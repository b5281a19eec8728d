import { type AuthConfig, authConfig } from "../platform/server-config";
import { accountLimits, jetstreamLimits, systemUser, type WorkstationAccount } from "./accounts";

/**
 * Who may log in, by JWTs: the operator and every account. They are all in the configuration, so the server keeps none by itself
 * (`resolver: MEMORY`), and a changed one comes with a restart.
 */
export function jwtAuthConfig(config: Omit<AuthConfig, "sentinelJwt">): string {
  return `resolver: MEMORY\n${authConfig(config)}`;
}

/** A user's password in a workstation with `auth: static`: its name. */
export function staticPassword(user: string): string {
  return user;
}

/** What a server calls its system account in a configuration without an operator. */
const staticSystemAccount = "$SYS";

/**
 * Who may log in, by passwords that everybody knows. Limits are those of the accounts' JWTs in the other kind.
 * @see https://docs.nats.io/running-a-nats-service/configuration/securing_nats/accounts
 */
export function staticAuthConfig(accounts: readonly WorkstationAccount[]): string {
  const blocks = [
    `  ${staticSystemAccount}: {\n${usersText([systemUser])}  }\n`,
    ...accounts.map((account) => `  ${account.name}: {\n${limitsText(account)}${usersText(account.users)}  }\n`),
  ];
  // Quoted: else it were a variable.
  return `system_account: "${staticSystemAccount}"\naccounts: {\n${blocks.join("")}}\n`;
}

function usersText(users: readonly string[]): string {
  const one = (user: string) => `{ user: ${JSON.stringify(user)}, password: ${JSON.stringify(staticPassword(user))} }`;
  return `    users: [\n${users.map((user) => `      ${one(user)}\n`).join("")}    ]\n`;
}

function limitsText(account: WorkstationAccount): string {
  const { connections, subscriptions, payload, leafNodes } = accountLimits;
  const { memoryStorage, diskStorage, streams, consumers } = jetstreamLimits(account);
  const stores = `max_mem: ${memoryStorage}, max_file: ${diskStorage}, max_streams: ${streams}, max_consumers: ${consumers}`;
  const limits = `max_connections: ${connections}, max_subscriptions: ${subscriptions}, max_payload: ${payload}, max_leafnodes: ${leafNodes}`;
  return `    jetstream: { ${stores} }\n    limits: { ${limits} }\n`;
}
