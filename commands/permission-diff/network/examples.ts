import { type Requirement, selects } from "../../../policies/isolation/requirements";
import type { Labels } from "../../../policies/isolation/settings";

/** A value that nobody writes: labels cannot have it. */
export const anyOther = "\u0000";

/** Most examples of one selector. */
const most = 64;

/** Labels that selectors speak of by what must not be there: something with one of them is what such a selector leaves out. */
export function leftOut(selectors: readonly (readonly Requirement[])[]): Labels[] {
  const pairs = selectors.flat().flatMap(({ key, operator, values }) => {
    if (operator === "NotIn") return [...values, anyOther].map((value) => ({ [key]: value }));
    return operator === "DoesNotExist" ? [{ [key]: anyOther }] : [];
  });
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

/** Labels that are just enough to be selected: one set for each choice of values. */
export function leastExamples(requirements: readonly Requirement[]): Labels[] {
  let examples: Labels[] = [{}];
  for (const { key, operator, values } of requirements) {
    if (operator !== "In" && operator !== "Exists") continue;
    const choices = operator === "In" ? values : [anyOther];
    examples = examples
      .flatMap((labels) =>
        key in labels && operator === "Exists" ? [labels] : choices.map((value) => ({ ...labels, [key]: value })),
      )
      .slice(0, most);
  }
  return examples.filter((labels) => selects(requirements, labels));
}

/** The same, and with each label besides that others leave out. */
export function examples(requirements: readonly Requirement[], besides: readonly Labels[]): Labels[] {
  const least = leastExamples(requirements);
  const more = least.flatMap((labels) => besides.map((label) => ({ ...label, ...labels })));
  return [...least, ...more.filter((labels) => selects(requirements, labels))];
}
