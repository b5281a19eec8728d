import type { NatsConnection } from "@nats-io/nats-core";

/** A server's answer to a request on the system account. */
export interface SystemAnswer<T> {
  /** The server's name. */
  readonly server: string;
  readonly data: T;
}

interface Envelope<T> {
  readonly server: { readonly name: string };
  readonly data?: T;
  readonly error?: { readonly code: number; readonly description?: string };
}

/**
 * Asks all servers at once and waits for as many as there should be; one that stays silent is missing from the result.
 * @param system connection of a user of the system account
 * @param subject such as `$SYS.REQ.SERVER.PING.VARZ`
 * @param servers number of answers to wait for
 * @see https://docs.nats.io/running-a-nats-service/configuration/sys_accounts
 */
export async function askServers<T>(
  system: NatsConnection,
  subject: string,
  servers: number,
  body: object = {},
): Promise<SystemAnswer<T>[]> {
  const answers: SystemAnswer<T>[] = [];
  for (const text of await askAll(system, subject, servers, JSON.stringify(body))) {
    const { server, data, error } = JSON.parse(text) as Envelope<T>;
    if (data !== undefined && !error) answers.push({ server: server.name, data });
  }
  return answers.sort((a, b) => a.server.localeCompare(b.server));
}

/** As {@link askServers}, for answers that are not JSON. */
export async function askAll(system: NatsConnection, subject: string, servers: number, body = ""): Promise<string[]> {
  const answers: string[] = [];
  const messages = await system.requestMany(subject, body, {
    strategy: "count",
    maxMessages: servers,
    maxWait: 3_000,
  });
  for await (const message of messages) answers.push(message.string());
  return answers;
}

/**
 * Requires an answer of every expected server.
 * @throws Error naming the silent servers
 */
export function requireAll(
  expected: readonly { readonly name: string }[],
  answers: readonly { readonly server: string }[],
): void {
  const silent = expected.filter(({ name }) => !answers.some((answer) => answer.server === name));
  if (silent.length) throw new Error(`no answer from ${silent.map(({ name }) => name).join(", ")}`);
}
