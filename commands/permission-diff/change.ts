/** One thing that somebody may do on one side and not on the other. */
export interface Change {
  /** `widens`: the head allows more; `narrows`: it allows less. */
  readonly effect: "widens" | "narrows";
  readonly stack: string;
  /** An account, role, user, ServiceAccount, or pods. Parts that a branch's author chooses are quoted by the report. */
  readonly who: string;
  /** What is gained or lost, such as `publish shared.>`. */
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** Somebody or something that only one side has. */
export interface Presence {
  readonly side: "new" | "removed";
  readonly stack: string;
  readonly who: string;
  /** What it may do, in short. */
  readonly what: string;
}

/** What the two sides make of one subject matter. */
export interface Difference {
  readonly changes: readonly Change[];
  readonly presences: readonly Presence[];
  /** What could not be compared, a text each. */
  readonly gaps: readonly string[];
}

/** The same seen from the other side. */
export function reversed(changes: readonly Change[]): Change[] {
  return changes.map(({ before, after, ...change }) => ({
    ...change,
    effect: "narrows",
    before: after,
    after: before,
  }));
}
