import { ApiException } from "@kubernetes/client-node";

/** What the API server said is wrong, in one line, without the headers and bodies that the client's own message carries. */
export function apiErrorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ApiException)) return networkMessage(error);
  return statusMessage(error.body) ?? `the API server answered ${error.code}`;
}

function statusMessage(body: unknown): string | undefined {
  try {
    const status = (typeof body === "string" ? JSON.parse(body) : body) as { message?: string } | undefined;
    return status?.message;
  } catch {
    return undefined;
  }
}

/** `fetch failed` says nothing; its cause does. */
function networkMessage(error: Error): string {
  return error.cause instanceof Error && error.cause.message
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}
