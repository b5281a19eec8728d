import { setTimeout as sleep } from "node:timers/promises";

/** How long a follower may stay behind before it counts, in milliseconds. */
const patienceMs = 3_000;

/**
 * Looks again while a follower is behind: at any single moment one may have a write still to apply, on a healthy platform too.
 * One that stays behind is a problem.
 * @param look tells who is behind; empty for nobody
 * @returns who is behind in the end
 */
export async function onceCaughtUp(look: () => Promise<string>): Promise<string> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const behind = await look();
    if (!behind || Date.now() >= deadline) return behind;
    await sleep(200);
  }
}
