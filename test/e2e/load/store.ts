import { readFileSync } from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { credsAuthenticator } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { reached } from "./reached";

/** Makes a replicated stream, stores messages in it, and says how many there are. Runs as a pod. */
async function main(): Promise<void> {
  const url = process.env.NATS_URL ?? "";
  await reached(url);
  const authenticator = credsAuthenticator(readFileSync("/creds/user/nats.creds"));
  const connection = await connect({ servers: url, authenticator });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name: "KEPT", subjects: ["kept.>"], num_replicas: 3, max_bytes: 1024 * 1024 });
  for (let message = 0; message < 10; message++) await jetstream(connection).publish("kept.message", String(message));
  const { state } = await manager.streams.info("KEPT");
  process.stdout.write(`${state.messages}\n`);
  await connection.close();
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stdout.write(`${error.message}\n`);
    process.exit(1);
  },
);
