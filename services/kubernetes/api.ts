import { ApiException } from "@kubernetes/client-node";
import { messageOf } from "../log";

/**
 * Waits for an answer of the API server, but not for ever.
 * @param answerMs milliseconds it has
 * @throws Error that says what was wrong in one line, with the status code as `code`
 */
export async function answer<T>(request: Promise<T>, answerMs = 10_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the API server did not answer within ${answerMs / 1000} s`)), answerMs);
  });
  try {
    return await Promise.race([request, timeout]);
  } catch (error) {
    throw Object.assign(new Error(apiMessage(error), { cause: error }), { code: codeOf(error) });
  } finally {
    clearTimeout(timer);
  }
}

/** HTTP status an error of the API server carries; undefined if it is of another kind. */
export function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "number" ? code : undefined;
}

/** The client's own message holds headers and bodies; what matters is the status' message. */
function apiMessage(error: unknown): string {
  if (!(error instanceof ApiException)) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${messageOf(error.cause)}` : "";
    return `${messageOf(error)}${cause}`;
  }
  try {
    const status = (typeof error.body === "string" ? JSON.parse(error.body) : error.body) as { message?: string };
    if (status.message) return status.message;
  } catch {
    // No status: the code alone has to do.
  }
  return `the API server answered ${error.code}`;
}
