import type { Comparison } from "../comparison";

/** What came of measuring the policy pack. */
export interface PoliciesResult {
  readonly comparisons: readonly Comparison[];
  /** Tenants' stacks that `make policy` was given. */
  readonly stacks: number;
}
