/** One wrong value of a stack's configuration. */
export interface ConfigProblem {
  /** Configuration key, with the path to a part of it: `buckets[0].ttl`. */
  readonly key: string;
  /** The value found, as text; left out for secrets. */
  readonly value?: string;
  /** What is wrong, what is accepted, and what to do. */
  readonly reason: string;
}

/** A stack's configuration cannot be used. Carries every problem found, not only the first; thrown before any resource exists. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Tells Pulumi to print the message alone, without a stack trace: the mistake is in the configuration, not in the program. */
  readonly __pulumiRunError = true;

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(
      ({ key, value, reason }) => `  ${key}${value === undefined ? "" : ` = ${value}`}: ${reason}`,
    );
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    super(`the stack's configuration has ${count}:\n${lines.join("\n")}`);
  }
}
