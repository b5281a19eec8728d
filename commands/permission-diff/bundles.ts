import type { StackFacts } from "./program/facts";

/** What makes objects of its own that no program registers: charts, and files in YAML. */
const bundle = /^kubernetes:(helm\.sh|yaml|kustomize)\b/;

/**
 * Charts and the like that are not the same on both sides: what they come to is not looked at.
 * @param common stacks that both sides have
 * @returns a text each
 */
export function changedBundles(
  before: readonly StackFacts[],
  after: readonly StackFacts[],
  common: ReadonlySet<string>,
): string[] {
  const [was, is] = [before, after].map((stacks) => bundlesOf(stacks.filter(({ name }) => common.has(name))));
  const names = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...names]
    .filter((name) => was?.get(name) !== is?.get(name))
    .map((name) => `${name} is not the same on both sides; what it comes to is not looked at`);
}

function bundlesOf(stacks: readonly StackFacts[]): Map<string, string> {
  const found = stacks.flatMap(({ name: stack, resources }) =>
    resources.flatMap(({ type, name, inputs }) => {
      if (!bundle.test(type)) return [];
      return [[`stack ${stack}: ${type.split(":").at(-1)} ${name}`, JSON.stringify(inputs)] as const];
    }),
  );
  return new Map(found);
}
