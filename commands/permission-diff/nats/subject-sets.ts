import type { Lists } from "../../../policies/identity/subjects";
import { common, covers } from "../../../services/auth-callout/subjects";

/** Most patterns that are looked at: beyond that two lists are not told apart by what they come to, but by their letters. */
const mostPatterns = 4_000;

/** A token that nobody writes. */
const fresh = "\u0000";

/**
 * The subjects that `after` allows and `before` does not, as patterns, the widest ones alone. Wildcards count for what they come to: a pattern
 * that another one allowed already is no gain, one that a deny list took away and does not any more is.
 *
 * Patterns cut the subjects into cells; all subjects of a cell are in the same patterns. Each cell is what patterns have in common, without what is in
 * narrower ones, so one subject that no narrower pattern matches tells of the whole cell.
 */
export function gained(before: Lists, after: Lists): string[] {
  const lists = [before, after].map(inQueues);
  const [was, is] = [allowing(lists[0]), allowing(lists[1])];
  const patterns = intersections(lists.flatMap(({ allow, deny }) => [...allow, ...deny]));
  if (patterns === undefined) return byLetters(before, after);
  const length = Math.max(0, ...patterns.map((pattern) => pattern.split(".").length));
  const gains = patterns.filter((pattern) => {
    const subject = subjectOf(pattern, length + 1);
    return is(subject) && !was(subject);
  });
  return gains
    .filter((one) => !gains.some((other) => other !== one && covers(other, one)))
    .map(outOfQueue)
    .sort();
}

/** The entries of a list that have a subject in common with another; what a template stands for may have any. */
export function overlapping(entries: readonly string[], other: string): string[] {
  return entries.filter((entry) => common(inQueue(bound(entry)), inQueue(other)) !== undefined);
}

/** The lists with every template, such as `{{tag(pub)}}`, in the place of what it may stand for: then what is denied is the bound. */
export function bounds({ allow, deny }: Lists): Lists {
  return { allow: allow?.map(bound), deny };
}

const bound = (entry: string) => (/^\{\{.*\}\}$/.test(entry) ? ">" : entry);

/** Beyond {@link mostPatterns}: what is written that was not, and what is not denied any more. It may be more than what is gained, and never less. */
function byLetters(before: Lists, after: Lists): string[] {
  const { allow = [">"] } = after;
  const added = before.allow === undefined ? [] : allow.filter((one) => !before.allow?.includes(one));
  return [...new Set([...added, ...before.deny.filter((one) => !after.deny.includes(one))])].sort();
}

/** The patterns, and all that some of them have in common; undefined if that is more than can be looked at. */
function intersections(written: readonly string[]): string[] | undefined {
  const patterns = [...new Set(written)].flatMap((pattern) => [pattern, ...shorter(pattern, written)]);
  const all = new Set(patterns);
  for (const one of all) {
    for (const other of patterns) {
      const both = common(one, other);
      if (both !== undefined) all.add(both);
    }
    if (all.size > mostPatterns) return undefined;
  }
  return [...all];
}

/** What `>` stands for as so many tokens, as far as others make a difference between numbers of tokens. */
function shorter(pattern: string, others: readonly string[]): string[] {
  const tokens = pattern.split(".");
  if (tokens.at(-1) !== ">") return [];
  const lengths = others
    .filter((other) => common(pattern, other) !== undefined)
    .map((other) => other.split(".").length);
  return Array.from({ length: Math.max(...lengths, tokens.length) - tokens.length + 1 }, (_, more) => {
    return [...tokens.slice(0, -1), ...Array.from({ length: more + 1 }, () => "*")].join(".");
  });
}

/** A subject that the pattern matches, and none that is narrower. */
function subjectOf(pattern: string, length: number): string {
  const tokens = pattern.split(".").map((token) => (token === "*" ? fresh : token));
  if (tokens.at(-1) !== ">") return tokens.join(".");
  const rest = Array.from({ length: length - tokens.length + 1 }, () => fresh);
  return [...tokens.slice(0, -1), ...rest].join(".");
}

interface Queued {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

function allowing({ allow, deny }: Queued = { allow: [], deny: [] }): (subject: string) => boolean {
  return (subject) => allow.some((one) => covers(one, subject)) && !deny.some((one) => covers(one, subject));
}

/** An entry may name a queue group behind its subject. As the first token it is told apart as all others are. */
function inQueues({ allow = [">"], deny }: Lists): Queued {
  return { allow: allow.map(inQueue), deny: deny.map(inQueue) };
}

function inQueue(entry: string): string {
  const [subject = "", queue = "*"] = entry.trim().split(/\s+/);
  return `${queue.replaceAll(".", "\u0001")}.${subject}`;
}

function outOfQueue(pattern: string): string {
  const [queue = "", ...subject] = pattern.split(".");
  return queue === "*" ? subject.join(".") : `${subject.join(".")} ${queue.replaceAll("\u0001", ".")}`;
}
