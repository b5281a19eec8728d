import { randomBytes } from "node:crypto";
import {
  AckPolicy,
  type ConsumerConfig,
  jetstream,
  jetstreamManager,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { type Content, readContent } from "../../commands/ctl/backup/content";

/** Makes a stream that takes what is published under its name in lower case. */
export async function makeStream(
  connection: NatsConnection,
  name: string,
  config: Partial<StreamConfig> = {},
): Promise<void> {
  const manager = await jetstreamManager(connection);
  await manager.streams.add({ name, subjects: [`${name.toLowerCase()}.>`], ...config });
}

/** Stores messages with headers, each other than all others. @param bytes random ones that each has beside */
export async function fill(connection: NatsConnection, stream: string, count: number, bytes = 0): Promise<void> {
  for (let index = 1; index <= count; index++) {
    const extra = headers();
    extra.set("Number", String(index));
    const data = bytes > 0 ? randomBytes(bytes) : `message ${index}`;
    connection.publish(`${stream.toLowerCase()}.${index % 97}`, data, { headers: extra });
    if (index % 1_000 === 0) await connection.flush();
  }
  await connection.flush();
  const manager = await jetstreamManager(connection);
  for (let attempt = 0; attempt < 600; attempt++) {
    const { state } = await manager.streams.info(stream);
    if (state.last_seq >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`stream ${stream} does not store what is published`);
}

/** Adds a durable consumer and has it acknowledge its first messages. */
export async function consume(
  connection: NatsConnection,
  stream: string,
  durable: string,
  acknowledged: number,
  config: Partial<ConsumerConfig> = {},
): Promise<void> {
  const manager = await jetstreamManager(connection);
  await manager.consumers.add(stream, { durable_name: durable, ack_policy: AckPolicy.Explicit, ...config });
  if (acknowledged === 0) return;
  const consumer = await jetstream(connection).consumers.get(stream, durable);
  for await (const message of await consumer.fetch({ max_messages: acknowledged })) await message.ackAck();
}

/** Sequence of the next message a consumer hands out. */
export async function nextOf(connection: NatsConnection, stream: string, durable: string): Promise<number | undefined> {
  const consumer = await jetstream(connection).consumers.get(stream, durable);
  return (await consumer.next({ expires: 5_000 }))?.seq;
}

/** What a stream is, and all that is in it. */
export async function stored(
  connection: NatsConnection,
  stream: string,
): Promise<{ readonly info: StreamInfo; readonly content: Content }> {
  const info = await (await jetstreamManager(connection)).streams.info(stream);
  const range = { first: info.state.first_seq, last: info.state.last_seq };
  return { info, content: await readContent(connection, stream, range) };
}

/** Names of an account's streams. */
export async function namesIn(connection: NatsConnection): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await jetstreamManager(connection)).streams.names()) names.push(name);
  return names.sort();
}

/** Deletes all streams of accounts. */
export async function clear(...connections: readonly NatsConnection[]): Promise<void> {
  for (const connection of connections) {
    const manager = await jetstreamManager(connection);
    for (const name of await namesIn(connection)) await manager.streams.delete(name);
  }
}
