import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsOptions } from "../../clients/typescript/nats-options";

/** The demo's Deployment: answers what it is asked at SUBJECT, until it is told to end. */
async function main(): Promise<void> {
  const subject = process.env.SUBJECT ?? "";
  const connection: NatsConnection = await connect({ ...natsOptions(), name: process.env.HOSTNAME });
  connection.subscribe(subject, { queue: "orders", callback: (_, message) => void message.respond("here you are") });
  console.log(JSON.stringify({ message: "answering", subject, server: connection.info?.server_name }));
  process.once("SIGTERM", () => void connection.drain().then(() => process.exit(0)));
  const error = await connection.closed();
  if (error) throw error;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
