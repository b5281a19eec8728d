import { jetstreamManager } from "@nats-io/jetstream";
import { insideChecks, outsideChecks } from "./checks";
import { deleteLeftovers } from "./checks/jetstream";
import { ProbeContext } from "./context";
import type { CheckResult, ProbeSettings } from "./contract";
import { runChecks } from "./runner";

/** The probe: runs its checks once and prints each result as a line of JSON. */
async function main(): Promise<void> {
  const settings = JSON.parse(process.env.PROBE_SETTINGS ?? "") as ProbeSettings;
  if (settings.role === "outside") {
    await runChecks(outsideChecks, settings, print);
    return;
  }
  const context = await ProbeContext.open(settings);
  const results = await runChecks(insideChecks(settings.expected), context, print);
  if (results.some(({ name, ok }) => name === "client-connect" && ok) && settings.expected.jetstream) {
    await deleteLeftovers(await jetstreamManager(await context.session("control-plane"))).catch(() => {});
  }
  await context.close();
}

function print(result: CheckResult): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main().then(
  // A check that timed out may still hold sockets.
  () => process.exit(0),
  (error: Error) => {
    console.error(`probe failed: ${error.message}`);
    process.exit(1);
  },
);
