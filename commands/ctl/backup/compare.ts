import type { Content, Slice } from "./content";

/**
 * In what a stream's content differs from what was saved: undefined if it is the same.
 * @param found read from the sequences of `saved`
 */
export function contentDifference(saved: Content, found: Content): string | undefined {
  if (found.sha256 === saved.sha256) return undefined;
  const different = differing(saved, found).map(([was]) => `${was.first} to ${was.last}`);
  const count =
    found.messages === saved.messages
      ? `${saved.messages} messages, not all the same`
      : `${found.messages} messages, not ${saved.messages}`;
  return `${count}; they differ in sequences ${different.slice(0, 3).join(", ")}${different.length > 3 ? ", ..." : ""}`;
}

/** Pairs of slices that are not the same, as saved and as found. */
function differing(saved: Content, found: Content): [was: Slice, is: Slice | undefined][] {
  return saved.slices
    .map((was, index): [Slice, Slice | undefined] => [was, found.slices[index]])
    .filter(([was, is]) => was.sha256 !== is?.sha256);
}

/** What of a stream's configuration says when its messages expire. */
export interface Expiry {
  /** Nanoseconds; 0 for never. */
  readonly maxAge: number;
  /** Whether messages may have a time to live of their own, so that they expire in any order. */
  readonly ownTtl: boolean;
}

/**
 * How many messages have passed a stream's maximum age since they were saved, if that is all that content lacks; undefined if it differs in
 * anything else. They go in order: none may be missing after the first that is there. Within the slice of that one a message that was deleted
 * right before it cannot be told from one that has expired.
 * @param firstSeq of the stream, not older than `found`
 * @param now milliseconds since 1970
 */
export function expiredSince(
  saved: Content,
  found: Content,
  { maxAge, ownTtl }: Expiry,
  firstSeq: number,
  now: number,
): number | undefined {
  if (maxAge <= 0) return undefined;
  const isOver = (time: string | undefined) => time !== undefined && Date.parse(time) + Number(maxAge) / 1e6 <= now;
  const explained = differing(saved, found).every(([was, is]) => {
    if (!is || is.messages >= was.messages || !isOver(is.messages === 0 ? was.newest : was.oldest)) return false;
    const before = Math.min(firstSeq, was.last + 1) - was.first;
    return ownTtl || was.messages - is.messages <= before;
  });
  return explained ? saved.messages - found.messages : undefined;
}

/** How many messages of slices that are over a maximum age are at least over it. */
export function overAge(saved: Content, maxAge: number, now: number): number {
  const over = saved.slices.filter(
    ({ newest }) => maxAge > 0 && newest && Date.parse(newest) + Number(maxAge) / 1e6 <= now,
  );
  return over.reduce((sum, { messages }) => sum + messages, 0);
}
