interface Retry {
  readonly attempt: number;
  readonly dueAt: number;
}

/** Milliseconds until the first retry, and at most between two. */
const firstMs = 250;
const longestMs = 5_000;

/**
 * When to try again, per key: after 250 ms, then twice as long each time, at most 5 s, each time up to a quarter more or less so that
 * many that failed together do not come back together.
 */
export class Retries {
  private readonly waiting = new Map<string, Retry>();

  /** @param random number from 0 up to 1 */
  constructor(private readonly random: () => number = Math.random) {}

  failed(key: string, now: number): void {
    const attempt = (this.waiting.get(key)?.attempt ?? -1) + 1;
    const wait = Math.min(firstMs * 2 ** attempt, longestMs);
    this.waiting.set(key, { attempt, dueAt: now + wait * (0.75 + this.random() / 2) });
  }

  succeeded(key: string): void {
    this.waiting.delete(key);
  }

  /** Keys to try again by now, those that wait longest first. */
  due(now: number): string[] {
    const due = [...this.waiting].filter(([, { dueAt }]) => dueAt <= now);
    return due.sort(([, a], [, b]) => a.dueAt - b.dueAt).map(([key]) => key);
  }

  /** When the next key is due; undefined if none waits. */
  next(): number | undefined {
    let next: number | undefined;
    for (const { dueAt } of this.waiting.values()) next = Math.min(next ?? dueAt, dueAt);
    return next;
  }
}
