import { setTimeout as delay } from "node:timers/promises";

/** Waits. @throws what the signal was aborted with */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
}
