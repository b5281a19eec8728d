import { oneLine } from "../../services/text";
import type { Change, Presence } from "./change";
import { diffPrincipals } from "./nats/diff";
import { principalsOf } from "./nats/principals";
import { diffNetwork } from "./network/diff";
import { changedPolicies } from "./policy-config";
import type { SideFacts, StackFacts } from "./program/facts";
import { diffGrants } from "./rbac/diff";
import { grantsOf } from "./rbac/grants";
import { changedUnjudged } from "./unjudged";

/** How what two versions of the program permit differs. */
export interface Comparison {
  readonly widens: readonly Change[];
  readonly narrows: readonly Change[];
  readonly presences: readonly Presence[];
  /** What could not be evaluated, a text each. */
  readonly gaps: readonly string[];
  /** Stacks that were compared. */
  readonly stacks: readonly string[];
}

/** Compares two versions. A stack that only one of them has, or that one of them could not run, is told as a whole. */
export function compareSides(before: SideFacts, after: SideFacts): Comparison {
  const failed = new Set(
    [...before.stacks, ...after.stacks].filter(({ error }) => error !== undefined).map(({ name }) => name),
  );
  const [was, is] = [before, after].map((side) => without(side, failed)) as [SideFacts, SideFacts];
  const [old, current] = [was, is].map(({ stacks }) => new Set(stacks.map(({ name }) => name))) as [
    Set<string>,
    Set<string>,
  ];
  const common = new Set([...old].filter((name) => current.has(name)));
  const principals = diffPrincipals(principalsOf(only(was, common)), principalsOf(only(is, common)));
  const others = environmentsOf([...was.stacks, ...is.stacks]).flatMap((environment) => {
    const inIt = ({ stacks }: SideFacts) => stacks.filter((stack) => stack.environment === environment);
    return [diffNetwork(inIt(was), inIt(is), common), diffGrants(inIt(was), inIt(is), common)];
  });
  const parts = [principals, ...others];
  const changes = ordered(parts.flatMap((part) => part.changes));
  return {
    widens: changes.filter(({ effect }) => effect === "widens"),
    narrows: changes.filter(({ effect }) => effect === "narrows"),
    presences: ordered([
      ...is.stacks
        .filter(({ name }) => !common.has(name))
        .flatMap((stack) => [wholeStack("new", stack, is), ...openGrants(stack, is)]),
      ...was.stacks.filter(({ name }) => !common.has(name)).map((stack) => wholeStack("removed", stack, was)),
      ...parts.flatMap(({ presences }) => presences),
    ]),
    gaps: [
      ...failures(before, after),
      ...changedPolicies(before.policies, after.policies),
      ...changedUnjudged(was.stacks, is.stacks, common),
      ...others.flatMap(({ gaps }) => gaps),
    ],
    stacks: [...common].sort(),
  };
}

/** A side as if it had not those stacks, nor what follows from them. */
function without({ stacks, apps, ...rest }: SideFacts, failed: ReadonlySet<string>): SideFacts {
  return {
    ...rest,
    stacks: stacks.filter(({ name }) => !failed.has(name)),
    apps: apps.filter(({ stack, tenantStack }) => !failed.has(stack) && !failed.has(tenantStack)),
  };
}

function only({ stacks, apps, ...rest }: SideFacts, names: ReadonlySet<string>): SideFacts {
  return {
    ...rest,
    stacks: stacks.filter(({ name }) => names.has(name)),
    apps: apps.filter(({ stack }) => names.has(stack)),
  };
}

function environmentsOf(stacks: readonly StackFacts[]): string[] {
  return [...new Set(stacks.map(({ environment }) => environment))].sort();
}

/** What could not be run or read; what is so on both sides once. */
function failures(before: SideFacts, after: SideFacts): string[] {
  const [base, head] = [textsOf(before), textsOf(after)];
  return [
    ...head.filter((text) => base.includes(text)).map((text) => `both sides: ${text}`),
    ...base.filter((text) => !head.includes(text)).map((text) => `base: ${text}`),
    ...head.filter((text) => !base.includes(text)).map((text) => `head: ${text}`),
  ];
}

function textsOf({ stacks, gaps }: SideFacts): string[] {
  return [
    ...stacks.flatMap(({ name, error }) => (error === undefined ? [] : [`stack ${name}: ${oneLine(error)}`])),
    ...gaps,
  ];
}

/** One line for a stack that is new or gone, whatever is in it. */
function wholeStack(side: Presence["side"], stack: StackFacts, facts: SideFacts): Presence {
  const principals = principalsOf(only(facts, new Set([stack.name]))).length;
  const rights = grantsOf([stack]).length;
  const what = `${principals} accounts, roles, users and ServiceAccounts; ${rights} rights in Kubernetes; ${stack.resources.length} resources`;
  return { side, stack: stack.name, who: "the whole stack", what };
}

/** What a tenant that is new lets its apps' annotations ask for, if anything: it bounds what nobody reviews any more. */
function openGrants(stack: StackFacts, facts: SideFacts): Presence[] {
  const grants = principalsOf(only(facts, new Set([stack.name]))).filter(({ isBound }) => isBound);
  return diffPrincipals([], grants).presences.filter(({ what }) => what !== "publish nothing; subscribe nothing");
}

/** The same in every run, whatever order the program registers in; nothing twice. */
function ordered<T extends { readonly stack: string }>(items: readonly T[]): T[] {
  const keyed = new Map(items.map((item) => [JSON.stringify([item.stack, ...Object.values(item)]), item]));
  return [...keyed].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}
