import { oneLine } from "../../text";
import {
  type AccountPair,
  type AccountQuestion,
  type AccountsTask,
  type Answer,
  accountId,
  accountQuestions,
} from "../contract";
import { earQuestions, listen } from "./ears";
import { endMark, openSession, Sender, type Session, signIn } from "./session";
import { deleteLeftovers, storageQuestions, tryStorage } from "./storage";
import { tryRequests } from "./system-requests";

type Outcome = Omit<Answer, "id">;

/** Tells what came of one question about a pair. */
type Tell = (pair: AccountPair, question: AccountQuestion, outcome: Outcome) => void;

/** A pair of tenants whose creds both work. */
interface Live extends AccountPair {
  readonly sessions: { readonly asker: Session; readonly owner: Session };
}

/** Answers every question about every pair of accounts, on connections of each tenant to the platform. */
export async function probeAccounts(
  task: AccountsTask,
  runId: string,
  report: (answer: Answer) => void,
): Promise<void> {
  const tell: Tell = (pair, question, outcome) => report({ id: accountId(pair, question), ...outcome });
  const opened = new Map(
    await Promise.all(
      task.tenants.map(async (tenant, index) => {
        const session = openSession(tenant, new Sender(runId, index), task.servers);
        return [tenant.id, await session.catch((error: Error) => error)] as const;
      }),
    ),
  );
  const sessions = [...opened.values()].flatMap((session) => (session instanceof Error ? [] : [session]));
  try {
    const live = task.pairs.flatMap((pair) => livePair(pair, opened, tell));
    await tryAll(live, sessions, { task, runId, tell });
  } finally {
    // The witness waits for it.
    if (sessions[0]) await signIn(sessions[0], endMark, task.servers).catch(() => {});
    await Promise.allSettled(sessions.flatMap(({ ears, mouth }) => [ears.close(), mouth.close()]));
  }
}

function livePair(pair: AccountPair, opened: ReadonlyMap<string, Session | Error>, tell: Tell): Live[] {
  const [asker, owner] = [opened.get(pair.asker), opened.get(pair.owner)];
  if (asker && !(asker instanceof Error) && owner && !(owner instanceof Error)) {
    return [{ ...pair, sessions: { asker, owner } }];
  }
  const [who, why] = asker instanceof Error ? [pair.asker, asker] : [pair.owner, owner];
  const reason = why instanceof Error ? why.message : "it is not among the tenants";
  const detail = oneLine(`${who} cannot sign in at the platform: ${reason}`);
  for (const question of accountQuestions) tell(pair, question, { observed: "unknown", detail });
  return [];
}

async function tryAll(
  live: readonly Live[],
  sessions: readonly Session[],
  { task, runId, tell }: { readonly task: AccountsTask; readonly runId: string; readonly tell: Tell },
): Promise<void> {
  // First alone: what is sent later names other tenants, and would be taken for something of theirs.
  const heard = await listen(sessions, runId, task.servers);
  for (const pair of live) for (const question of earQuestions) tell(pair, question, heard(pair, question));
  const requests = live.map(async (pair) => {
    const { asker, owner } = pair.sessions;
    tell(pair, "$SYS.REQ.*", await proven(() => tryRequests(asker, owner)));
  });
  const storage = sessions.map(async (owner) => {
    const askers = live.filter((pair) => pair.sessions.owner === owner).map(({ sessions }) => sessions.asker);
    // One after the other: a tenant may have been given few streams.
    for (const question of storageQuestions) {
      const outcomes = await tryStorage(question, owner, askers);
      for (const [asker, outcome] of outcomes) tell({ asker, owner: owner.tenant.id }, question, outcome);
    }
    await deleteLeftovers(owner).catch(() => {}); // creds that may not do it leave it to others
  });
  await Promise.all([...requests, ...storage]);
}

/** Nothing is proven by what breaks off. */
async function proven(attempt: () => Promise<Outcome>): Promise<Outcome> {
  return attempt().catch((error: Error) => ({ observed: "unknown", detail: oneLine(error.message) }));
}
