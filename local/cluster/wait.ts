import { setTimeout as sleep } from "node:timers/promises";

/** Options of {@link waitFor}. */
export interface WaitOptions {
  /** What is waited for, completing "waiting for ...". */
  readonly what: string;
  /** Milliseconds until giving up. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks. @default 100 */
  readonly intervalMs?: number;
}

/**
 * Looks again and again until the condition gives no reason to wait any longer.
 * @param pending what is still missing, in words, or undefined once the condition holds; a rejection counts as missing
 * @throws {Error} after the time-out, with the last reason
 */
export async function waitFor(pending: () => Promise<string | undefined>, options: WaitOptions): Promise<void> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const reason = await pending().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (reason === undefined) return;
    if (Date.now() >= deadline) {
      throw new Error(`${options.what}: not reached within ${options.timeoutMs / 1000} s: ${reason}`);
    }
    await sleep(options.intervalMs ?? 100);
  }
}
