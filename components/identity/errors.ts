/**
 * A key, JWT, creds file or claim that cannot be used.
 * The message names the value (never a seed, a creds file or a user JWT), what is accepted and what to do.
 */
export class IdentityError extends Error {
  override readonly name = "IdentityError";
}

/**
 * Throws one error that lists every problem found, so that a person fixes them in one go.
 * @param subject what was checked, such as `account "PLATFORM"`
 * @throws {IdentityError} if there is at least one problem
 */
export function throwProblems(subject: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new IdentityError(`${subject}: ${problems.join("; ")}`);
}
