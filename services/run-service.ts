import type { Server } from "node:http";
import { type Log, messageOf } from "./log";

/** A service that has been started. */
export interface StartedService {
  /** Its HTTP interface. */
  readonly server: Server;
  /** Rejects if it cannot do its work at all. */
  readonly work?: Promise<void>;
  /** Ends what is under way. */
  stop(): Promise<void>;
}

/** Runs a service until it is told to end by a signal, or something happens that nobody has thought of: then it ends at once, and says why. */
export function runService(log: Log, start: () => Promise<StartedService>): void {
  const fail = (message: string, error: unknown): never => {
    log.error(message, { reason: messageOf(error) });
    process.exit(1);
  };
  // Node's own way of ending would print whatever is in the error.
  process.on("uncaughtException", (error) => fail("unexpected error", error));
  process.on("unhandledRejection", (error) => fail("unexpected error", error));
  start().then(
    ({ server, work, stop }) => {
      work?.catch((error: unknown) => fail("cannot go on", error));
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.once(signal, () => {
          log.info("ending", { signal });
          stop().then(
            () => server.close(() => process.exit(0)).closeAllConnections(),
            (error: unknown) => fail("cannot end in order", error),
          );
        });
      }
    },
    (error: unknown) => fail("cannot start", error),
  );
}
