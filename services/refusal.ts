import { errors } from "@nats-io/nats-core";
import { connectTcp } from "./tcp";

/** Whether a failed attempt to connect was the server's decision about who asked. */
export async function isRefusal(
  error: unknown,
  server: { readonly host: string; readonly port: number },
): Promise<boolean> {
  if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) return true;
  // When nobody answers its auth callout in time, a server may close the connection without saying why.
  return isClosedByServer(error) && (await connectTcp(server.host, server.port, 1_000)) === "open";
}

function isClosedByServer(error: unknown): boolean {
  // What the client makes of a close without a word; it says the same of a port where nobody listens, but then with a cause.
  if (error instanceof errors.ConnectionError) return error.cause === undefined;
  return ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "");
}
