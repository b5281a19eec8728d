import { KubeConfig } from "@kubernetes/client-node";
import { serve } from "../http";
import { createLog, messageOf } from "../log";
import { readConfig } from "./config";
import { accountPaths } from "./http";
import { Service } from "./service";

const log = createLog((line) => process.stdout.write(`${line}\n`));

/** Runs the service until it is told to end, which takes it a few seconds at most. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const kubernetes = new KubeConfig();
  kubernetes.loadFromDefault();
  const service = new Service(kubernetes, config, log);
  const server = await serve(config.listenAddress, service, accountPaths(service));
  log.info("started", { pod: config.podName });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      log.info("ending", { signal });
      service.stop().then(
        () => server.close(() => process.exit(0)).closeAllConnections(),
        (error) => fail("cannot end in order", error),
      );
    });
  }
}

function fail(message: string, error: unknown): never {
  log.error(message, { reason: messageOf(error) });
  process.exit(1);
}

// Node's own way of ending would print whatever is in the error.
process.on("uncaughtException", (error) => fail("unexpected error", error));
process.on("unhandledRejection", (error) => fail("unexpected error", error));
main().catch((error) => fail("cannot start", error));
