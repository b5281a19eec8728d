import { randomInt } from "node:crypto";

/** What a random text is made of. */
export interface TextRules {
  readonly length: number;
  readonly upper: boolean;
  readonly lower: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minUpper: number;
  readonly minLower: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Special characters in place of the usual ones; empty: the usual ones. */
  readonly overrideSpecial: string;
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const lower = "abcdefghijklmnopqrstuvwxyz";
const digits = "0123456789";
const special = "!@#$%&*()-_=+[]{}<>:?";

/** The sets of characters that the rules allow. */
export function characterSets(rules: TextRules): string[] {
  return [
    ...(rules.upper ? [upper] : []),
    ...(rules.lower ? [lower] : []),
    ...(rules.numeric ? [digits] : []),
    ...(rules.special ? [rules.overrideSpecial || special] : []),
  ];
}

/** A text of exactly `length` characters, at least so many of each kind as the rules ask, in random order. */
export function generateText(rules: TextRules): string {
  const demanded = [
    ...pick(upper, rules.minUpper),
    ...pick(lower, rules.minLower),
    ...pick(digits, rules.minNumeric),
    ...pick(rules.overrideSpecial || special, rules.minSpecial),
  ];
  return shuffle([...demanded, ...pick(characterSets(rules).join(""), rules.length - demanded.length)]).join("");
}

function pick(characters: string, count: number): string[] {
  const set = [...characters];
  return Array.from({ length: Math.max(count, 0) }, () => set[randomInt(set.length)] ?? "");
}

function shuffle(items: string[]): string[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [items[last], items[other]] = [items[other] ?? "", items[last] ?? ""];
  }
  return items;
}
