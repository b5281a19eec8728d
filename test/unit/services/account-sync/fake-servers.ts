import type { Answer } from "../../../../services/account-sync/nats/requests";
import type { Link } from "../../../../services/account-sync/site";

/** A server as far as accounts go: what it stores, and what it refuses. */
export interface FakeServer {
  readonly id: string;
  /** Account id to JWT. */
  readonly store: Map<string, string>;
  /** Account id to what is in memory. */
  readonly memory: Map<string, { jwt: string; expired: boolean; client_connections: number }>;
  /** Answers every push with this error. */
  refuses?: string;
}

export function fakeServer(id: string): FakeServer {
  return { id, store: new Map(), memory: new Map() };
}

const answer = (body: unknown): Answer => ({ string: () => (typeof body === "string" ? body : JSON.stringify(body)) });

/**
 * Connections to servers that hear each other, as nats-server answers them: every server answers, in any order, look-ups without its name.
 * @param idOf account id of a JWT
 * @param onRequest called with each request before it is answered
 */
export function fakeLinks(
  servers: readonly FakeServer[],
  idOf: (jwt: string) => string,
  onRequest: (subject: string, body: string) => void | Promise<void> = () => {},
): Link[] {
  const ids = new Set(servers.map(({ id }) => id));
  return servers.map((own) => ({
    server: { uid: `uid-${own.id}`, name: own.id },
    serverId: own.id,
    heard: ids,
    refresh: async () => true,
    askAll: async () => servers.map(({ id }) => answer({ id })),
    ask: async (subject, body) => {
      await onRequest(subject, body);
      const directed = /^\$SYS\.REQ\.SERVER\.([^.]+)\./.exec(subject)?.[1];
      const asked = directed === undefined ? [...servers].reverse() : servers.filter(({ id }) => id === directed);
      return asked.map((server) => answer(respond(server, subject, body, idOf)));
    },
  }));
}

function respond(server: FakeServer, subject: string, body: string, idOf: (jwt: string) => string): unknown {
  const { id, store, memory, refuses } = server;
  const lookedUp = /ACCOUNT\.([^.]+)\.CLAIMS\.LOOKUP$/.exec(subject)?.[1];
  if (lookedUp) return store.get(lookedUp) ?? "";
  if (subject.endsWith("CLAIMS.LIST")) return { server: { id }, data: [...store.keys()] };
  if (subject.endsWith("CLAIMS.UPDATE")) {
    if (refuses) return { server: { id }, error: { description: refuses } };
    store.set(idOf(body), body);
    return { server: { id }, data: { code: 200 } };
  }
  if (subject.endsWith("CLAIMS.DELETE")) {
    store.delete(body.replace(/^delete /, ""));
    return { server: { id }, data: { code: 200 } };
  }
  if (!subject.endsWith("ACCOUNTZ")) throw new Error(`nobody answers ${subject}`);
  const { account } = JSON.parse(body) as { account?: string };
  if (account === undefined) return { server: { id }, data: { accounts: [...memory.keys()], system_account: "SYS" } };
  const loaded = memory.get(account);
  return loaded ? { server: { id }, data: { account_detail: loaded } } : { server: { id }, error: { code: 500 } };
}
