import { type Requirement, selects } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";

/** A value that nobody writes: labels cannot have it. */
export const anyOther = "\u0000";

/** Most examples of one selector, and most choices of {@link leftOut}. */
const most = 512;

/**
 * Labels that selectors speak of by what must not be there, in every combination: something with them is what such selectors leave out.
 * @throws Error if that is more than can be looked at
 */
export function leftOut(selectors: readonly (readonly Requirement[])[]): Labels[] {
  const choices = new Map<string, Set<string>>();
  for (const { key, operator, values } of selectors.flat()) {
    if (operator !== "NotIn" && operator !== "DoesNotExist") continue;
    choices.set(key, new Set([...(choices.get(key) ?? []), ...values, anyOther]));
  }
  let all: Labels[] = [{}];
  for (const [key, values] of choices) {
    all = all.flatMap((labels) => [labels, ...[...values].map((value) => ({ ...labels, [key]: value }))]);
    check(all);
  }
  return all;
}

/**
 * Labels that are just enough to be selected: one set for each choice of values.
 * @throws Error if that is more than can be looked at
 */
export function leastExamples(requirements: readonly Requirement[]): Labels[] {
  let examples: Labels[] = [{}];
  for (const { key, operator, values } of requirements) {
    if (operator !== "In" && operator !== "Exists") continue;
    const choices = operator === "In" ? values : [anyOther];
    examples = examples.flatMap((labels) => {
      return key in labels && operator === "Exists" ? [labels] : choices.map((value) => ({ ...labels, [key]: value }));
    });
    check(examples);
  }
  return examples.filter((labels) => selects(requirements, labels));
}

/** The same, each also with labels besides that others leave out. */
export function examples(requirements: readonly Requirement[], besides: readonly Labels[]): Labels[] {
  const all = leastExamples(requirements).flatMap((labels) => besides.map((label) => ({ ...label, ...labels })));
  return all.filter((labels) => selects(requirements, labels));
}

function check(all: readonly Labels[]): void {
  if (all.length > most) throw new Error(`selectors with more than ${most} choices of labels are not read`);
}
