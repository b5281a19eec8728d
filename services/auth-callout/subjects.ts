import { subjectProblem } from "../../components/identity/claims/permissions";

/** Most subjects that one annotation may name: all of them stand in a user's JWT. */
const mostSubjects = 100;

/** Longest subject, in characters. */
const longestSubject = 256;

/** Subjects read from an annotation, and what is wrong with the rest of it, a text each. */
export interface ReadSubjects {
  readonly subjects: readonly string[];
  readonly problems: readonly string[];
}

/** Reads subjects separated by commas. What is none is left out, and told. */
export function readSubjects(text: string): ReadSubjects {
  const asked = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const subjects: string[] = [];
  const problems: string[] = [];
  if (asked.length === 0) problems.push("is empty: name subjects separated by commas, or leave the annotation out");
  if (asked.length > mostSubjects)
    problems.push(`names ${asked.length} subjects; only the first ${mostSubjects} count`);
  for (const subject of asked.slice(0, mostSubjects)) {
    const problem = oddity(subject);
    if (problem) problems.push(problem);
    else if (!subjects.includes(subject)) subjects.push(subject);
  }
  return { subjects, problems };
}

function oddity(subject: string): string | undefined {
  if (subject.length > longestSubject) {
    return `${JSON.stringify(`${subject.slice(0, 40)}…`)} has ${subject.length} characters; at most ${longestSubject} are taken`;
  }
  // Printable ASCII without what has a meaning in templates of roles or in queue groups.
  if (!/^[!-~]+$/.test(subject) || /[{}"\\]/.test(subject)) {
    return `${JSON.stringify(subject)} is not a subject: letters, digits and signs, no spaces, no { } " \\`;
  }
  const mixed = subject.split(".").some((token) => token.length > 1 && /[*>]/.test(token));
  if (mixed) return `${JSON.stringify(subject)} is not a subject: * and > stand for whole tokens, between dots`;
  return subjectProblem("", subject)?.trim();
}

/** Whether every subject that the second pattern matches is matched by the first. */
export function covers(pattern: string, subject: string): boolean {
  const wide = pattern.split(".");
  const narrow = subject.split(".");
  for (const [index, token] of wide.entries()) {
    const asked = narrow[index];
    if (token === ">") return asked !== undefined;
    if (asked === undefined || asked === ">") return false;
    if (token !== "*" && token !== asked) return false;
  }
  return narrow.length === wide.length;
}

/** What two patterns have in common, as a pattern; undefined if that is nothing. */
export function common(one: string, other: string): string | undefined {
  const [left, right] = [one.split("."), other.split(".")];
  const tokens: string[] = [];
  for (let index = 0; ; index++) {
    const [a, b] = [left[index], right[index]];
    if (a === undefined && b === undefined) return tokens.join(".");
    if (a === undefined || b === undefined) return undefined;
    if (a === ">") return [...tokens, ...right.slice(index)].join(".");
    if (b === ">") return [...tokens, ...left.slice(index)].join(".");
    if (a !== "*" && b !== "*" && a !== b) return undefined;
    tokens.push(a === "*" ? b : a);
  }
}
