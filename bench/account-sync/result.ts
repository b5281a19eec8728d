import type { Comparison } from "../comparison";

/** What came of measuring account-sync. */
export interface AccountSyncResult {
  readonly comparisons: readonly Comparison[];
  /** Accounts that were pushed. */
  readonly accounts: number;
  /** Of these, how many the `nats` CLI pushed, a process for each. */
  readonly commandLineAccounts: number;
  /** Revocations of each side in a run. */
  readonly revocations: number;
}
