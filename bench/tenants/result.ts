import type { Comparison } from "../comparison";
import type { Peer } from "../report";

/** What came of measuring tenants. */
export interface TenantsResult {
  /** Numbers of tenants that there were, ascending. */
  readonly counts: readonly number[];
  /** Stacks that were brought up at a time. */
  readonly parallel: number;
  /** Kubernetes objects of one tenant. */
  readonly objects: number;
  /** One tenant more, beside each number of them. */
  readonly comparisons: readonly Comparison[];
  /** What the peer does, each with what of ours it stands beside. */
  readonly peers: readonly Peer[];
  /** The greatest number of tenants beside the least, which stands in the peer's place. */
  readonly growth: readonly Comparison[];
  /** Memory of one instance that has nothing to do. */
  readonly idle: readonly Comparison[];
}
