import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsOptions } from "../../../clients/typescript/nats-options";

/** How a fleet is, as the program prints it. */
export interface FleetReport {
  /** Clients that are connected now. */
  readonly connected: number;
  /** Times that a client has come back since the start. */
  readonly reconnects: number;
  /** Clients that have ended. */
  readonly ended: number;
}

/** A refused login is told as another disconnect, so that counting ups and downs would not do. */
const connected = new Set<NatsConnection>();
let reconnects = 0;
let ended = 0;

/** Keeps CLIENTS connections as an app would, and prints how they are twice a second until it is ended. */
async function main(): Promise<void> {
  const clients = Number(process.env.CLIENTS ?? 1);
  setInterval(() => {
    const report: FleetReport = { connected: connected.size, reconnects, ended };
    console.log(JSON.stringify(report));
  }, 500);
  for (let client = 0; client < clients; client++) {
    void run();
    if (client % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function run(): Promise<void> {
  try {
    // Not in NATS_TOKEN_FILE: there the API server would take a token that is projected, and no other.
    const env = { ...process.env, NATS_TOKEN_FILE: process.env.TOKEN_FILE };
    // What goes on is counted; a thousand clients need not tell of it.
    const connection: NatsConnection = await connect(natsOptions(env, { warn: () => {} }));
    connected.add(connection);
    void watch(connection);
    await connection.closed();
    connected.delete(connection);
  } finally {
    ended += 1;
  }
}

async function watch(connection: NatsConnection): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect") connected.delete(connection);
    if (type === "reconnect") {
      connected.add(connection);
      reconnects += 1;
    }
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
