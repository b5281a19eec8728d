import { type Difference, type Presence, reversed } from "../change";
import type { StackFacts } from "../program/facts";
import { clusterOf } from "./cluster";
import { openings } from "./openings";
import { Reach } from "./reach";
import { type PodKind, universeOf } from "./universe";

/**
 * Compares what the policies of an environment's stacks let through.
 * @param common stacks that both sides have: what is only of others is new, or gone, as a whole
 */
export function diffNetwork(
  before: readonly StackFacts[],
  after: readonly StackFacts[],
  common: ReadonlySet<string>,
): Difference {
  const [was, is] = [clusterOf(before), clusterOf(after)];
  const universe = universeOf([was, is]);
  const [then, now] = [new Reach(universe, was.policies, 0), new Reach(universe, is.policies, 1)];
  const isCompared = ({ workload, stacks }: PodKind) => {
    const isShared = stacks.size === 0 || [...stacks].some((stack) => common.has(stack));
    return isShared && (workload === undefined || workload.every(Boolean));
  };
  const presences = universe.pods.flatMap((pod): Presence[] => {
    const { text, workload, stacks } = pod;
    const [stack = ""] = stacks;
    if (workload === undefined || workload.every(Boolean) || !common.has(stack)) return [];
    const side = workload[0] ? "removed" : "new";
    return [{ side, stack, who: text, what: (side === "removed" ? then : now).policiesText(pod) }];
  });
  const unread = new Set([...was.unread.keys(), ...is.unread.keys()]);
  return {
    changes: [...openings(universe, then, now, isCompared), ...reversed(openings(universe, now, then, isCompared))],
    presences,
    gaps: [...unread]
      .filter((name) => was.unread.get(name) !== is.unread.get(name))
      .map((name) => `${name}; it is not the same on both sides`),
  };
}
