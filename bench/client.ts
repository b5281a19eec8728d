import { readFileSync } from "node:fs";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { type ClientSettings, type Measurement, type Side, settingsVariable, sides } from "./client-contract";
import { type Session, workloads } from "./workloads";

/** How long the servers may take to let the client in, in milliseconds: its address takes a moment to reach their policies. */
const connectTimeoutMs = 30_000;

/**
 * Measures two deployments in turn, workload by workload, so that both have the same machine beneath them; who comes first changes
 * from round to round. Prints each measurement as a line of JSON.
 */
async function main(): Promise<void> {
  const settings = JSON.parse(process.env[settingsVariable] ?? "") as ClientSettings;
  const sessions: Record<Side, Session> = {
    platform: await openSession(settings, "platform"),
    chart: await openSession(settings, "chart"),
  };
  try {
    for (const workload of workloads) for (const side of sides) await workload.prepare?.(sessions[side]);
    for (let round = 0; round <= settings.rounds; round++) {
      const order = round % 2 === 0 ? sides : [...sides].reverse();
      for (const { run } of workloads) {
        for (const side of order) {
          for (const result of await run(sessions[side])) print({ round, side, ...result });
        }
      }
    }
  } finally {
    for (const side of sides) await closeSession(sessions[side]);
  }
}

async function openSession(settings: ClientSettings, side: Side): Promise<Session> {
  const [leader, other] = settings.servers[side];
  const creds = settings.creds[side];
  return {
    leader: await open(leader, creds),
    other: await open(other, creds),
    workloadMs: settings.workloadMs,
  };
}

async function open(server: string, creds: string | undefined): Promise<NatsConnection> {
  const deadline = performance.now() + connectTimeoutMs;
  for (;;) {
    try {
      return await connect({
        servers: server,
        ...(creds ? { authenticator: credsAuthenticator(readFileSync(creds)) } : {}),
        // A server that is lost would spoil the figures: better no figure.
        reconnect: false,
        ignoreClusterUpdates: true,
        timeout: 3_000,
      });
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`${server}: ${(error as Error).message}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function closeSession(session: Session): Promise<void> {
  for (const { cleanUp } of workloads) await cleanUp?.(session).catch(() => {});
  await Promise.allSettled([session.leader.close(), session.other.close()]);
}

function print(measurement: Measurement): void {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`client failed: ${error.message}`);
    process.exit(1);
  },
);
