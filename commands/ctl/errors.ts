/** What somebody asked for cannot be asked, or nothing could be looked at: exit code 2. Everything else that fails is exit code 1. */
export class UnusableError extends Error {
  override readonly name = "UnusableError";
}

/** What is thrown by something that has to go well before anything can be looked at becomes an {@link UnusableError}. */
export async function orUnusable<T>(doing: Promise<T>, say: (error: unknown) => string): Promise<T> {
  return doing.catch((error: unknown) => {
    throw error instanceof UnusableError ? error : new UnusableError(say(error), { cause: error });
  });
}
