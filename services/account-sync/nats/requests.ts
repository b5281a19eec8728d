import type { Memory } from "../holding";
import { digestOf } from "../trust";

/** A message that came back. */
export interface Answer {
  string(): string;
}

/** Something that requests can be sent through: a connection to one server as a user of the system account. */
export interface Channel {
  /**
   * Sends a request and collects answers: as many as asked for, or what came until nothing more does.
   * @throws Error if there is no connection
   */
  ask(subject: string, body: string, answers: number): Promise<Answer[]>;
  /**
   * The same for a request that any number of servers may answer: once there are enough answers, only those are awaited that follow at once.
   * @param enough whether all have answered that have to
   */
  askAll(subject: string, body: string, enough: (answers: readonly Answer[]) => boolean): Promise<Answer[]>;
}

interface Envelope<T> {
  readonly server?: { readonly id?: string };
  readonly data?: T;
  readonly error?: { readonly description?: string };
}

/** Everything account-sync asks of servers; its user may publish these subjects and no others. Verified with nats-server 2.14.2. */
const subjects = {
  update: "$SYS.REQ.CLAIMS.UPDATE",
  delete: "$SYS.REQ.CLAIMS.DELETE",
  list: "$SYS.REQ.CLAIMS.LIST",
  lookup: (account: string) => `$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`,
  identify: "$SYS.REQ.SERVER.PING.IDZ",
  accounts: (server: string) => `$SYS.REQ.SERVER.${server}.ACCOUNTZ`,
  connections: (server: string) => `$SYS.REQ.SERVER.${server}.CONNZ`,
  kick: (server: string) => `$SYS.REQ.SERVER.${server}.KICK`,
  purge: (account: string) => `$JS.API.ACCOUNT.PURGE.${account}`,
} as const;

/** Connections asked for at a time; more than the server's default would be cut there. */
const pageSize = 1024;

/**
 * Ids of all servers that hear what is sent through the channel.
 * @param known ids of servers that are known to hear it: they are given time to answer
 */
export async function hearing(channel: Channel, known: Iterable<string>): Promise<Set<string>> {
  const awaited = [...known];
  const ids = (answers: readonly Answer[]) => new Set(answers.flatMap((answer) => idOf(answer) ?? []));
  const enough = (answers: readonly Answer[]) => {
    const heard = ids(answers);
    return awaited.every((id) => heard.has(id));
  };
  return ids(await channel.askAll(subjects.identify, "", enough));
}

/** Undefined for what is no answer: an error here would break the connection's reader, which prints it. */
function idOf(answer: Answer): string | undefined {
  try {
    const { id } = (JSON.parse(answer.string()) ?? {}) as { id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Gives the cluster an account.
 * @returns per server id what is wrong with it; undefined if nothing. Servers that did not answer are missing.
 */
export function update(channel: Channel, jwt: string, members: number): Promise<Map<string, string | undefined>> {
  return order(channel, subjects.update, jwt, members);
}

/** Orders the cluster to delete an account; answers as {@link update}. A server that has no such account says that all is well. */
export function deleteAccount(
  channel: Channel,
  deleteJwt: string,
  members: number,
): Promise<Map<string, string | undefined>> {
  return order(channel, subjects.delete, deleteJwt, members);
}

/** What the cluster's servers store of an account: a JWT each, empty if there is none. Servers do not say who they are. */
export async function lookup(channel: Channel, account: string, members: number): Promise<string[]> {
  const answers = await channel.ask(subjects.lookup(account), "", members);
  return answers.map((answer) => answer.string());
}

/** Ids of the accounts each server of the cluster stores, by server id. */
export async function list(channel: Channel, members: number): Promise<Map<string, ReadonlySet<string>>> {
  const answers = await channel.ask(subjects.list, "", members);
  const envelopes = answers.map((answer) => JSON.parse(answer.string()) as Envelope<string[]>);
  return new Map(envelopes.map(({ server, data }) => [server?.id ?? "", new Set(data)]));
}

/** What one server has in memory: the accounts somebody has used, and which of them is its system account. */
export async function loadedAccounts(
  channel: Channel,
  server: string,
): Promise<{ accounts: ReadonlySet<string>; system?: string }> {
  const data = await askOne<{ accounts?: string[]; system_account?: string }>(channel, subjects.accounts(server), {});
  return { accounts: new Set(data?.accounts), ...(data?.system_account ? { system: data.system_account } : {}) };
}

/** What one server has in memory of an account, with the JWT in force; undefined if it has not loaded it. */
export async function memoryOf(
  channel: Channel,
  server: string,
  account: string,
): Promise<(Memory & { readonly jwt?: string }) | undefined> {
  const data = await askOne<{
    account_detail?: { jwt?: string; expired?: boolean; client_connections?: number; leafnode_connections?: number };
  }>(channel, subjects.accounts(server), { account });
  const detail = data?.account_detail;
  if (!detail) return undefined;
  return {
    expired: detail.expired === true,
    connections: (detail.client_connections ?? 0) + (detail.leafnode_connections ?? 0),
    ...(detail.jwt ? { jwt: detail.jwt, digest: digestOf(detail.jwt) } : {}),
  };
}

/** Closes what one server still has of an account's connections. @returns how many */
export async function kick(channel: Channel, server: string, account: string): Promise<number> {
  const found: number[] = [];
  // Not by account: a server finds none of an account that is deleted.
  for (let offset = 0; ; offset += pageSize) {
    const body = { auth: true, offset, limit: pageSize };
    const page = await askOne<{ connections?: { cid: number; account?: string }[] }>(
      channel,
      subjects.connections(server),
      body,
    );
    const connections = page?.connections ?? [];
    found.push(...connections.filter((connection) => connection.account === account).map(({ cid }) => cid));
    if (connections.length < pageSize) break;
  }
  for (const cid of found) await askOne(channel, subjects.kick(server), { cid });
  return found.length;
}

/**
 * Deletes the streams of an account, with all that is in them, from every server of the cluster.
 * @throws Error if JetStream has no leader, or refuses
 */
export async function purgeStored(channel: Channel, account: string): Promise<void> {
  // Only the leader listens: without one there is nobody, or nobody answers.
  const [answer] = await channel.ask(subjects.purge(account), "", 1).catch(() => []);
  if (!answer) throw new Error("no leader of JetStream answers, which is to delete what the account stores");
  const { initiated, error } = JSON.parse(answer.string()) as { initiated?: boolean; error?: { description?: string } };
  if (!initiated) throw new Error(`JetStream does not delete streams: ${error?.description ?? "no reason given"}`);
}

async function order(
  channel: Channel,
  subject: string,
  body: string,
  members: number,
): Promise<Map<string, string | undefined>> {
  const answers = await channel.ask(subject, body, members);
  const envelopes = answers.map((answer) => JSON.parse(answer.string()) as Envelope<unknown>);
  return new Map(
    envelopes.map(({ server, error }) => [server?.id ?? "", error && (error.description ?? "no reason given")]),
  );
}

/** Asks the one server the subject names. @returns undefined if it answers with an error, such as that it knows no such account */
async function askOne<T>(channel: Channel, subject: string, body: object): Promise<T | undefined> {
  const [answer] = await channel.ask(subject, JSON.stringify(body), 1);
  if (!answer) throw new Error(`no answer to ${subject}`);
  return (JSON.parse(answer.string()) as Envelope<T>).data;
}
