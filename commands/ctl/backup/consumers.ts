import type { ConsumerConfig, ConsumerInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { describeError } from "../../../services/text";
import { consumersOf, request } from "./api";
import type { SavedConsumer, SavedStream } from "./manifest";
import { pause } from "./pause";

/** A cluster makes consumers of a restored stream one by one, within seconds. */
const consumersMs = 20_000;

/** What there is to know about the consumers of a restored stream, and what is wrong with them. */
export interface ConsumersReport {
  readonly notes: readonly string[];
  readonly problems: readonly string[];
}

/**
 * Sees to the consumers of a restored stream: each must be there, and stand where it stood or further. Servers save nothing of those in memory:
 * they are made anew, from the start.
 * @param replicas of the stream: a consumer that is made gets no more
 */
export async function restoreConsumers(
  connection: NatsConnection,
  saved: SavedStream,
  replicas: number,
  signal?: AbortSignal,
): Promise<ConsumersReport> {
  const { name, consumers } = saved;
  const deadline = Date.now() + consumersMs;
  const notes = await makeUnsaved(connection, saved, replicas, signal);
  for (;;) {
    const found = new Map((await consumersOf(connection, name, signal)).map((info) => [info.name, info]));
    const archived = consumers.filter((consumer) => !isUnsaved(saved, consumer));
    const missing = archived.filter((consumer) => isLasting(consumer) && !found.has(consumer.name));
    const behind = archived.flatMap((consumer) => behindProblem(consumer, found.get(consumer.name)));
    if ((missing.length > 0 || behind.length > 0) && Date.now() <= deadline) {
      await pause(1_000, signal);
      continue;
    }
    const [ended, lost] = [missing.filter(endsUnused), missing.filter((consumer) => !endsUnused(consumer))];
    return {
      notes: [...notes, ...ended.map((consumer) => `consumer ${consumer.name} ended: nobody has used it for its time`)],
      problems: [...lost.map((consumer) => `consumer ${consumer.name} is missing`), ...behind],
    };
  }
}

/** Names of the consumers that a stream in memory ought to have and does not. */
export async function missingConsumers(
  connection: NatsConnection,
  { name, consumers }: SavedStream,
  signal?: AbortSignal,
): Promise<string[]> {
  const found = new Set((await consumersOf(connection, name, signal)).map((info) => info.name));
  return consumers
    .filter((consumer) => isLasting(consumer) && !endsUnused(consumer) && !found.has(consumer.name))
    .map((consumer) => consumer.name);
}

/** Makes the consumers that are in no archive; notes of those whose position is lost. */
async function makeUnsaved(
  connection: NatsConnection,
  saved: SavedStream,
  replicas: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const unsaved = saved.consumers.filter((consumer) => isLasting(consumer) && isUnsaved(saved, consumer));
  if (unsaved.length === 0) return [];
  const found = new Map((await consumersOf(connection, saved.name, signal)).map((info) => [info.name, info]));
  const notes: string[] = [];
  for (const consumer of unsaved) {
    const { name, config } = consumer;
    const info = found.get(name);
    if (!info) await putConsumer(connection, saved.name, name, lowered(config, replicas), "create", signal);
    const begun = consumer.delivered > 0 && (!info || behindProblem(consumer, info).length > 0);
    // Of a stream in memory nothing is left that it could have stood at.
    if (begun && saved.archive) notes.push(`consumer ${name} is kept in memory: its position is lost, it begins anew`);
  }
  return notes;
}

/** Gives consumers with more replicas than their stream is going to have as many as that. */
export async function lowerConsumers(
  connection: NatsConnection,
  stream: string,
  replicas: number,
  signal?: AbortSignal,
): Promise<void> {
  for (const { name, config } of await consumersOf(connection, stream, signal)) {
    if ((config.num_replicas ?? 0) <= replicas) continue;
    await putConsumer(connection, stream, name, lowered(config, replicas), "update", signal);
  }
}

/** Replicas that a stream needs while it is restored: as many as any consumer in its archive has of its own. */
export function replicasNeeded(replicas: number, saved: SavedStream): number {
  const archived = saved.consumers.filter((consumer) => !isUnsaved(saved, consumer));
  return Math.max(replicas, ...archived.map(({ config }) => config.num_replicas ?? 0));
}

function lowered(config: ConsumerConfig, replicas: number): ConsumerConfig {
  return { ...config, num_replicas: Math.min(config.num_replicas ?? 0, replicas) };
}

async function putConsumer(
  connection: NatsConnection,
  stream: string,
  name: string,
  config: ConsumerConfig,
  action: "create" | "update",
  signal?: AbortSignal,
): Promise<void> {
  const body = { stream_name: stream, config, action };
  await request(connection, `CONSUMER.CREATE.${stream}.${name}`, body, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new Error(`consumer ${name} cannot be made: ${describeError(error)}`, { cause: error });
  });
}

/** One that is not durable ends when nobody uses it. */
function isLasting({ config }: SavedConsumer): boolean {
  return config.durable_name !== undefined;
}

/** A durable one does, too, if it has a time for that. */
function endsUnused({ config }: SavedConsumer): boolean {
  return (config.inactive_threshold ?? 0) > 0;
}

function isUnsaved({ archive }: SavedStream, { config }: SavedConsumer): boolean {
  return !archive || config.mem_storage === true;
}

function behindProblem({ name, delivered, acknowledged }: SavedConsumer, info: ConsumerInfo | undefined): string[] {
  if (!info || (info.delivered.stream_seq >= delivered && info.ack_floor.stream_seq >= acknowledged)) return [];
  const stands = `consumer ${name} stands at ${info.delivered.stream_seq}, acknowledged ${info.ack_floor.stream_seq}`;
  return [`${stands}; it stood at ${delivered}, acknowledged ${acknowledged}`];
}
