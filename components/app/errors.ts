/** A workload that cannot be wired to NATS as it is asked for. The message lists every problem: what is wrong, what is accepted and what to do. */
export class WiringError extends Error {
  override readonly name = "WiringError";

  /**
   * @param subject what was looked at, such as `Deployment "web"`
   * @param problems what is wrong with it, at least one
   */
  constructor(
    readonly subject: string,
    readonly problems: readonly string[],
  ) {
    super(`${subject}: ${problems.join("; ")}`);
  }
}

/** @throws {WiringError} if there is at least one problem */
export function throwProblems(subject: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new WiringError(subject, problems);
}
