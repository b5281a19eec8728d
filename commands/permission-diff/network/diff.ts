import { type Difference, type Presence, reversed } from "../change";
import type { StackFacts } from "../program/facts";
import { clusterOf } from "./cluster";
import { openings } from "./openings";
import { Reach } from "./reach";
import { type PodKind, universeOf } from "./universe";

/** How the network of an environment differs, and which policies cannot be compared. */
export interface NetworkDifference extends Difference {
  readonly gaps: readonly string[];
}

/**
 * Compares what the policies of an environment's stacks let through.
 * @param common stacks that both sides have: what is only of others is new, or gone, as a whole
 */
export function diffNetwork(
  before: readonly StackFacts[],
  after: readonly StackFacts[],
  common: ReadonlySet<string>,
): NetworkDifference {
  const [was, is] = [clusterOf(before), clusterOf(after)];
  const universe = universeOf([was, is]);
  const [then, now] = [new Reach(universe, was.policies, 0), new Reach(universe, is.policies, 1)];
  const isCompared = ({ workload, stacks }: PodKind) => {
    const isShared = stacks.size === 0 || [...stacks].some((stack) => common.has(stack));
    return isShared && (workload === undefined || workload.every(Boolean));
  };
  const presences = universe.pods.flatMap(({ text, workload, stacks }): Presence[] => {
    const [stack = ""] = stacks;
    if (workload === undefined || workload.every(Boolean) || !common.has(stack)) return [];
    return [{ side: workload[0] ? "removed" : "new", stack, who: text, what: "pods" }];
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
