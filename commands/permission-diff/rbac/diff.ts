import { type Change, type Difference, reversed } from "../change";
import type { StackFacts } from "../program/facts";
import { type Grant, grantsOf, includes } from "./grants";

/**
 * What roles of Kubernetes give to whom on one side and not on the other, in an environment.
 * @param common stacks that both sides have: bindings of others come, or go, with them
 */
export function diffGrants(
  before: readonly StackFacts[],
  after: readonly StackFacts[],
  common: ReadonlySet<string>,
): Difference {
  const [was, is] = [before, after].map((stacks) => grantsOf(stacks.filter(({ name }) => common.has(name))));
  return { changes: [...gains(was ?? [], is ?? []), ...reversed(gains(is ?? [], was ?? []))], presences: [], gaps: [] };
}

/** What the second gives and the first does not, a line for all verbs of the same objects. */
function gains(was: readonly Grant[], is: readonly Grant[]): Change[] {
  const gained = is.filter((grant) => !was.some((other) => includes(other, grant)));
  const places = new Map(gained.map((grant) => [place(grant), grant]));
  return [...places].map(([id, { stack, who, target, name, namespace }]): Change => {
    const verbs = (grants: readonly Grant[]) => grants.filter((grant) => place(grant) === id).map(({ verb }) => verb);
    const objects = name === undefined ? target : `${target} ${name}`;
    const what = `Kubernetes: ${objects} in ${namespace === "*" ? "the whole cluster" : namespace}`;
    return { effect: "widens", stack, who, what, before: shown(verbs(was)), after: shown(verbs(is)) };
  });
}

function place({ who, target, name, namespace }: Grant): string {
  return JSON.stringify([who, target, name, namespace]);
}

function shown(verbs: readonly string[]): string {
  return [...new Set(verbs)].sort().join(", ") || "nothing";
}
