import type { NatsConnection } from "@nats-io/nats-core";
import { ask, type Reply } from "../connections";
import type { AccountTenant, Answer } from "../contract";
import type { Session } from "./session";

/** Requests by which the system account learns of a tenant. None of them changes anything. */
export function systemRequests({ account }: Pick<AccountTenant, "account">): { subject: string; body?: object }[] {
  return [
    { subject: "$SYS.REQ.SERVER.PING.VARZ" },
    { subject: "$SYS.REQ.SERVER.PING.ACCOUNTZ", body: { account } },
    { subject: "$SYS.REQ.SERVER.PING.JSZ", body: { account } },
    { subject: `$SYS.REQ.ACCOUNT.${account}.CONNZ` },
    { subject: `$SYS.REQ.ACCOUNT.${account}.INFO` },
    { subject: `$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP` },
    { subject: "$SYS.REQ.CLAIMS.LIST" },
  ];
}

/** Connections of the own account: the only ones of these requests that a server answers every account. Asked about another account, it must not. */
const ownConnections = "$SYS.REQ.ACCOUNT.PING.CONNZ";

/** Asks the servers about the owner, with the asker's creds. */
export async function tryRequests(asker: Session, owner: Session): Promise<Omit<Answer, "id">> {
  const { mouth, tenant } = asker;
  const replies = await askEach(mouth, systemRequests(owner.tenant));
  const answered = replies.filter(({ reply }) => reply.kind === "answered").map(({ subject }) => subject);
  const body = { acc: owner.tenant.account };
  const clamped = await ask(mouth, ownConnections, body);
  // The owner's connections, whichever server has them, have its marks for names.
  const told = clamped.kind === "answered" ? await askEveryServer(mouth, ownConnections, body) : "";
  if (owner.sender.in(told).length) answered.push(ownConnections);
  if (answered.length) return { observed: "crossed", detail: `${tenant.id} is answered on ${answered.join(", ")}` };
  const silent = replies.filter(({ reply }) => reply.kind === "silent");
  // Silence counts only of somebody who is heard at all.
  if (silent.length && clamped.kind !== "answered") {
    const subjects = silent.map(({ subject }) => subject).join(", ");
    return { observed: "unknown", detail: `no answer on ${subjects}, but none on ${ownConnections} either` };
  }
  const denied = replies.every(({ reply }) => reply.kind === "denied");
  return {
    observed: "isolated",
    detail: denied ? `the server refuses ${tenant.id} the requests` : `nobody answers ${tenant.id}`,
  };
}

/** How long to wait for one more server to answer, and for all, in milliseconds. */
const [stall, maxWait] = [300, 2_000];

async function askEveryServer(connection: NatsConnection, subject: string, body: object): Promise<string> {
  const answers = [];
  const messages = await connection.requestMany(subject, JSON.stringify(body), { strategy: "stall", stall, maxWait });
  for await (const message of messages) answers.push(message.string());
  return answers.join("\n");
}

async function askEach(connection: NatsConnection, requests: ReturnType<typeof systemRequests>) {
  return Promise.all(
    requests.map(async ({ subject, body }): Promise<{ subject: string; reply: Reply }> => {
      return { subject, reply: await ask(connection, subject, body) };
    }),
  );
}

/** Asks the same with creds of the system account. @returns the subjects that nobody answered there either */
export async function unansweredOf(system: NatsConnection, tenant: Pick<AccountTenant, "account">): Promise<string[]> {
  const replies = await askEach(system, systemRequests(tenant));
  return replies.filter(({ reply }) => reply.kind !== "answered").map(({ subject }) => subject);
}
