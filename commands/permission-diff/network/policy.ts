import type { Requirement } from "../../../policies/isolation/requirements";
import type { Family, Range } from "./ranges";

export type Direction = "ingress" | "egress";

/** Pods, by what is asked of them and of their namespaces. */
export interface PodSelector {
  readonly namespace: readonly Requirement[];
  readonly labels: readonly Requirement[];
}

/** Whom a rule lets talk. */
export type Peer =
  | { readonly kind: "everyone" }
  | { readonly kind: "pods"; readonly pods: PodSelector }
  | {
      readonly kind: "network";
      readonly family: Family;
      readonly range: Range;
      readonly except: readonly Range[];
      readonly text: string;
    }
  /** Something that is told apart by its letters alone, such as a name in DNS. */
  | { readonly kind: "other"; readonly text: string };

/** Ports of one protocol: a range, or a name that pods give to one of theirs. */
export interface Ports {
  /** Such as TCP. */
  readonly protocol: string;
  readonly range?: Range;
  readonly name?: string;
}

export interface Rule {
  readonly peers: readonly Peer[];
  /** Undefined: all ports of all protocols. */
  readonly ports: readonly Ports[] | undefined;
}

/** A policy of the cluster's network: about whom, and whom it lets talk to them. What policies let talk adds up. */
export interface NetworkPolicy {
  readonly stack: string;
  /** `namespace/name`. */
  readonly name: string;
  readonly subject: PodSelector;
  /** Rules of each direction that the policy closes but for them; undefined where it says nothing. */
  readonly rules: Readonly<Record<Direction, readonly Rule[] | undefined>>;
}

/** Every port: what a rule without any means. */
export const allPorts: Range = { from: 1n, to: 65_535n };

/** A selector, and whose policy it is in. */
export interface Spoken {
  readonly stack: string;
  readonly pods: PodSelector;
}

export function rulesOf({ rules }: NetworkPolicy) {
  return [...(rules.ingress ?? []), ...(rules.egress ?? [])];
}

export function peersOf(policy: NetworkPolicy): Peer[] {
  return rulesOf(policy).flatMap(({ peers }) => peers);
}

export function selectorsOf(policy: NetworkPolicy): Spoken[] {
  const { stack, subject } = policy;
  const peers = peersOf(policy).flatMap((peer) => (peer.kind === "pods" ? [{ stack, pods: peer.pods }] : []));
  return [{ stack, pods: subject }, ...peers];
}
