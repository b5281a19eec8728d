import { setTimeout as sleep } from "node:timers/promises";
import type { Msg, NatsConnection, Subscription } from "@nats-io/nats-core";
import type { AccountPair, AccountQuestion, Answer, Servers } from "../contract";
import { loginMark, type Sender, type Session, signIn } from "./session";

/** Questions that are answered by listening. */
export const earQuestions = ["same subject", ">", "_INBOX.>", "$SYS.>"] as const satisfies readonly AccountQuestion[];

type EarQuestion = (typeof earQuestions)[number];

/** The mark of its own account that a subscription must hear, or it is deaf and proves nothing. */
const ownMarks: Readonly<Record<EarQuestion, string>> = {
  "same subject": "said",
  ">": "said",
  "_INBOX.>": "reply",
  "$SYS.>": "system",
};

/** How long what was sent in one account may take to be heard there, in milliseconds. */
const hearingMs = 4_000;

/** How much longer it is listened for what comes from other accounts, in milliseconds. */
const strayMs = 300;

/** No message and no event of ours is longer. */
const mostBytes = 16 * 1024;

/** One subscription of a tenant, and what it heard. */
class Ear {
  /** Marks heard, by the tenant they are of. */
  readonly heard = new Map<string, Set<string>>();
  /** Whether the server refused the subscription. */
  denied = false;
  private readonly subscription: Subscription;

  constructor(
    connection: NatsConnection,
    subject: string,
    private readonly runId: string,
    private readonly senders: ReadonlyMap<string, Sender>,
  ) {
    this.subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.denied = true;
        else this.hear(message);
      },
    });
    // A subscription that is refused ends with an error, which the callback is told as well.
    this.subscription.closed.catch(() => {});
  }

  close(): void {
    this.subscription.unsubscribe();
  }

  private hear(message: Msg): void {
    // `>` hears whatever else goes on in the account, at any rate: what is not ours is passed over quickly.
    if (message.data.length > mostBytes) return;
    const text = message.string();
    if (!text.includes(this.runId)) return;
    for (const [tenant, sender] of this.senders) {
      const marks = sender.in(text);
      if (marks.length) this.heard.set(tenant, new Set([...(this.heard.get(tenant) ?? []), ...marks]));
    }
  }
}

/** All subscriptions of one tenant. */
type Ears = Readonly<Record<EarQuestion, Ear>>;

/**
 * Lets every tenant listen in every way at once, then every tenant speak; so the work grows with the tenants, not with their pairs.
 * @returns what came of it for a pair of them
 */
export async function listen(
  sessions: readonly Session[],
  runId: string,
  servers: Servers,
): Promise<(pair: AccountPair, question: EarQuestion) => Omit<Answer, "id">> {
  const senders = new Map(sessions.map(({ tenant, sender }) => [tenant.id, sender]));
  const ears = new Map(sessions.map((session) => [session.tenant.id, openEars(session, runId, senders)]));
  await flushAll(sessions);
  // Who cannot speak is not heard, which is told below.
  await Promise.allSettled(sessions.map((session) => speak(session, runId, servers)));
  const all = [...ears];
  const deadline = performance.now() + hearingMs;
  while (!all.every(([tenant, own]) => hearsItself(tenant, own)) && performance.now() < deadline) await sleep(50);
  await sleep(strayMs);
  await flushAll(sessions);
  for (const [, own] of all) for (const ear of Object.values(own)) ear.close();
  return ({ asker, owner }, question) => judge(question, ears, asker, owner);
}

/** Waits until everybody has what their server had for them. Whose connection is lost hears nothing, which proves nothing. */
async function flushAll(sessions: readonly Session[]): Promise<void> {
  await Promise.allSettled(sessions.map(({ ears }) => ears.flush()));
}

function openEars({ ears }: Session, runId: string, senders: ReadonlyMap<string, Sender>): Ears {
  const on = (subject: string) => new Ear(ears, subject, runId, senders);
  return {
    "same subject": on(sameSubject(runId)),
    ">": on(">"),
    "_INBOX.>": on("_INBOX.>"),
    "$SYS.>": on("$SYS.>"),
  };
}

/** One subject that every tenant uses. */
function sameSubject(runId: string): string {
  return `prove.${runId}.same`;
}

/** Does everything that somebody else could overhear: a message, an answer in an inbox, a message below `$SYS`, a login. */
async function speak(session: Session, runId: string, servers: Servers): Promise<void> {
  const { ears, mouth, sender } = session;
  const service = `prove.${runId}.${sender.mark("service")}`;
  const answering = ears.subscribe(service, {
    callback: (_, message) => void message.respond(sender.mark(ownMarks["_INBOX.>"])),
  });
  await ears.flush();
  mouth.publish(sameSubject(runId), sender.mark(ownMarks["same subject"]));
  mouth.publish(`$SYS.PROVE.${runId}`, sender.mark(ownMarks["$SYS.>"]));
  // Whether it is answered is told by whether its own account hears the answer.
  await mouth.request(service, "", { timeout: hearingMs }).catch(() => {});
  answering.unsubscribe();
  await signIn(session, loginMark, servers);
}

function hearsItself(tenant: string, ears: Ears): boolean {
  return earQuestions.every((question) => ears[question].denied || hears(ears[question], tenant, ownMarks[question]));
}

function hears(ear: Ear, tenant: string, mark: string): boolean {
  return ear.heard.get(tenant)?.has(mark) ?? false;
}

function judge(
  question: EarQuestion,
  ears: ReadonlyMap<string, Ears>,
  asker: string,
  owner: string,
): Omit<Answer, "id"> {
  const [own, others] = [ears.get(asker)?.[question], ears.get(owner)?.[question]];
  if (!own || !others) throw new RangeError(`${asker} or ${owner} has not listened`);
  const stray = own.heard.get(owner);
  if (stray) return { observed: "crossed", detail: `${asker} hears of ${owner}: ${[...stray].join(", ")}` };
  if (own.denied) return { observed: "isolated", detail: `the server refuses ${asker} the subscription` };
  const mark = ownMarks[question];
  if (!hears(own, asker, mark)) {
    return { observed: "unknown", detail: `${asker} does not hear its own account either` };
  }
  // That the owner's logins are told at all is for the witness to say, who hears them in the system account.
  if (question !== "$SYS.>" && !hears(others, owner, mark)) {
    return { observed: "unknown", detail: `what ${owner} sent was not heard in its own account either` };
  }
  return { observed: "isolated", detail: `${asker} hears its own account, and nothing of ${owner}` };
}
