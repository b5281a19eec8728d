import { Retries } from "./retries";

/** Accounts taken at a time: what is urgent waits for no more than these. */
export const chunkSize = 100;

/**
 * Accounts that wait to be looked at. First those that have changed while somebody may be connected to them (a revocation), the last change
 * first; then those that are due to be tried again; then new ones; then all the others, when it is time to look at everything.
 */
export class Queue {
  private readonly changed = new Set<string>();
  private readonly added = new Set<string>();
  private readonly retries: Retries;
  private rest: string[] = [];

  /** @param random number from 0 up to 1 */
  constructor(random?: () => number) {
    this.retries = new Retries(random);
  }

  /** @param isNew nobody can be connected to it */
  add(account: string, isNew: boolean): void {
    const line = isNew ? this.added : this.changed;
    line.delete(account);
    line.add(account);
  }

  /** Looks at all of these when nothing else waits, instead of those that were left of the last time. */
  addRest(accounts: readonly string[]): void {
    this.rest = [...accounts];
  }

  /** Takes those that are next, 100 at most; none if nothing waits. */
  take(now: number): string[] {
    const changed = takeLast(this.changed);
    if (changed.length > 0) return changed;
    const due = this.retries.due(now).slice(0, chunkSize);
    if (due.length > 0) return due;
    const added = takeLast(this.added);
    return added.length > 0 ? added : this.rest.splice(0, chunkSize);
  }

  /** Tells what came of an account that was taken: one that is not as it should be comes back after a while. */
  settled(account: string, isFine: boolean, now: number): void {
    if (isFine) this.retries.succeeded(account);
    else this.retries.failed(account, now);
  }

  /** When the next account comes back; undefined if none does. */
  next(): number | undefined {
    return this.retries.next();
  }
}

function takeLast(line: Set<string>): string[] {
  const taken = [...line].slice(-chunkSize);
  for (const account of taken) line.delete(account);
  return taken;
}
