import type { DesiredAccount, Removal } from "../desired";
import { each } from "../each";
import { type LinkedCluster, requestsAtOnce, speakerOf } from "./look";
import { deleteAccount, kick, memoryOf, update } from "./requests";

/** Something to do about one account on the servers of one cluster; see plan.ts. */
export type Action =
  | { readonly kind: "push" | "rewrite"; readonly account: DesiredAccount }
  | { readonly kind: "delete" | "revive" | "kick"; readonly removal: Removal };

/** What came of an action. */
export interface Outcome {
  /** Why a server refused, by server id. */
  readonly refusals: ReadonlyMap<string, string>;
  /** Members that have not answered. */
  readonly silent: number;
  /** Connections closed. */
  readonly kicked: number;
}

/**
 * Does what is to be done, many at a time.
 * @param done called with what came of each
 * @throws Error if a connection breaks; what was done by then stays done
 */
export async function act(
  cluster: LinkedCluster,
  actions: readonly Action[],
  done: (action: Action, outcome: Outcome) => void,
): Promise<void> {
  await each(actions, requestsAtOnce, async (action) => done(action, await perform(cluster, action)));
}

async function perform(cluster: LinkedCluster, action: Action): Promise<Outcome> {
  switch (action.kind) {
    case "push":
      return push(cluster, action.account.text);
    case "rewrite":
      // A line end after a JWT changes nothing of what it says, but makes it another text.
      await push(cluster, `${action.account.text}\n`);
      return push(cluster, action.account.text);
    case "delete":
      return remove(cluster, action.removal);
    case "revive":
      await revive(cluster, action.removal.id);
      return remove(cluster, action.removal);
    case "kick":
      return { refusals: new Map(), silent: 0, kicked: await kickAll(cluster, action.removal.id) };
  }
}

async function push(cluster: LinkedCluster, text: string): Promise<Outcome> {
  return outcome(cluster, await update(speakerOf(cluster), text, cluster.members.length));
}

async function remove(cluster: LinkedCluster, { deleteJwt }: Removal): Promise<Outcome> {
  return outcome(cluster, await deleteAccount(speakerOf(cluster), deleteJwt, cluster.members.length));
}

/** Stores an account again that servers still let users into, by the JWT they have in memory: what is not stored cannot be deleted. */
async function revive(cluster: LinkedCluster, id: string): Promise<void> {
  for (const [server, channel] of cluster.channels) {
    const memory = await memoryOf(channel, server, id);
    if (memory?.jwt && !memory.expired) await push(cluster, `${memory.jwt.trim()}\n`);
  }
}

async function kickAll(cluster: LinkedCluster, id: string): Promise<number> {
  const closed = [...cluster.channels].map(([server, channel]) => kick(channel, server, id));
  return (await Promise.all(closed)).reduce((sum, count) => sum + count, 0);
}

function outcome({ members }: LinkedCluster, answers: ReadonlyMap<string, string | undefined>): Outcome {
  const refusals = [...answers].filter((answer): answer is [string, string] => answer[1] !== undefined);
  return { refusals: new Map(refusals), silent: members.length - answers.size, kicked: 0 };
}
