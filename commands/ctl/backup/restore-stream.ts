import type { StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { ApiError, errorCodes, request, streamInfo } from "./api";
import { Measuring } from "./archive";
import { contentDifference, overAge } from "./compare";
import { lowerConsumers, replicasNeeded, restoreConsumers } from "./consumers";
import { readContent } from "./content";
import { restoreMark } from "./examine";
import type { SavedStream } from "./manifest";
import { pause } from "./pause";
import type { Progress } from "./report";
import type { Store } from "./store";
import { parkedConfig, targetConfig } from "./stream-config";
import { sendSnapshot } from "./transfer";

/** How one stream is restored. */
export interface RestoreStreamOptions {
  /** At most; undefined for as many as it had. */
  readonly replicas: number | undefined;
  /** Whether the account takes no stream without a size. */
  readonly sizeRequired: boolean;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a stream of its archive, which was checked. It is parked until {@link finishStream}. One in memory comes back empty.
 * @throws Error if the server refuses it, or the archive is not what it was; nothing of the stream is there then
 */
export async function createStream(
  connection: NatsConnection,
  store: Store,
  saved: SavedStream,
  { replicas, sizeRequired, onProgress, signal }: RestoreStreamOptions,
): Promise<void> {
  const { name, archive, state } = saved;
  const target = targetConfig(saved.config, replicas);
  if (!archive) {
    await request(connection, `STREAM.CREATE.${name}`, target, { signal });
    return;
  }
  const content = await store.read(archive.file);
  if (!content) throw new Error(`archive ${archive.file} has vanished from ${store.name}`);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.({ stream: name, doing: "restoring", done, total: archive.bytes, unit: "bytes" });
  };
  const needed = replicasNeeded(target.num_replicas, saved);
  const config = parkedConfig({ ...target, num_replicas: needed }, restoreMark(saved), sizeRequired);
  const measuring = new Measuring();
  const transfer = { config, state, archive: measuring.through(content), onBytes };
  const made = await sendSnapshot(connection, transfer, signal).catch((error: unknown) => {
    throw withRemedy(error, needed > target.num_replicas ? needed : undefined);
  });
  const expected = saved.content?.messages ?? 0;
  if (made.state.messages < expected) {
    throw new Error(`it has ${made.state.messages} messages, not ${expected}: its archive did not hold them all`);
  }
  await untilKnown(connection, name, signal);
}

const knownMs = 10_000;

/** In a cluster a stream may have its messages before whoever is asked for it next has heard of it. */
async function untilKnown(connection: NatsConnection, name: string, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + knownMs;
  while (!(await streamInfo(connection, name, signal))) {
    if (Date.now() > deadline) throw new Error("it was restored, and is away again: run it again");
    await pause(250, signal);
  }
}

/**
 * Nothing but trying tells how many servers there are for a stream.
 * @param forConsumers replicas that only its consumers need
 */
function withRemedy(error: unknown, forConsumers: number | undefined): unknown {
  const tooFew =
    error instanceof ApiError && [errorCodes.noPeers, errorCodes.replicasNotSupported].includes(error.code);
  if (!tooFew) return error;
  if (forConsumers !== undefined) return new Error(`${error.message}: ${consumersNeed(forConsumers)}`);
  return new Error(`${error.message}: restore it with fewer replicas, and without its placement, with --replicas`);
}

/** What to say where servers are too few for a consumer's own replicas. */
export function consumersNeed(replicas: number): string {
  return `a consumer of it has ${replicas} replicas of its own, which takes ${replicas} servers until it is lowered: restore it where they are, or set its num_replicas to 0 in the account that it comes from, and back that up`;
}

/**
 * Compares a parked stream with the backup, gives it its own configuration, and waits until its replicas have it all.
 * @returns what there is to know about it
 * @throws Error with everything in which it differs; it stays parked then
 */
export async function finishStream(
  connection: NatsConnection,
  saved: SavedStream,
  { replicas, onProgress, signal }: RestoreStreamOptions,
): Promise<string[]> {
  const { name, archive, content, config, state, why } = saved;
  const target = targetConfig(config, replicas);
  const notes: string[] = [];
  const problems: string[] = [];
  if (!archive) {
    await restoreConsumers(connection, saved, target.num_replicas, signal);
    return [why ?? ""];
  }
  if (content) {
    let done = 0;
    const onMessages = (count: number) => {
      done += count;
      onProgress?.({ stream: name, doing: "reading", done, total: content.messages, unit: "messages" });
    };
    const range = { first: state.first_seq, last: state.last_seq };
    const difference = contentDifference(content, await readContent(connection, name, range, { signal, onMessages }));
    // Their consumers are there, too, and may be at work already: what they take is gone.
    if (difference && config.retention !== "limits") notes.push(`compared while it was consumed: ${difference}`);
    else if (difference) problems.push(difference);
  } else notes.push(`not compared: ${why}`);
  const consumers = await restoreConsumers(connection, saved, target.num_replicas, signal);
  notes.push(...consumers.notes);
  problems.push(...consumers.problems);
  if (problems.length > 0) throw new Error(`it is not as it was: ${problems.join("; ")}`);
  await lowerConsumers(connection, name, target.num_replicas, signal);
  await request<StreamInfo>(connection, `STREAM.UPDATE.${name}`, target, { signal });
  const over = content ? overAge(content, config.max_age, Date.now()) : 0;
  if (over > 0) notes.push(`at least ${over} messages are past its max_age and go at once`);
  notes.push(...(await replicaNotes(connection, name, signal)));
  return notes;
}

/** For how long replicas may catch up before it is only said that they do, in milliseconds. */
const replicasMs = 60_000;

async function replicaNotes(connection: NatsConnection, name: string, signal?: AbortSignal): Promise<string[]> {
  const deadline = Date.now() + replicasMs;
  for (;;) {
    const info = await streamInfo(connection, name, signal);
    const replicas = info?.cluster?.replicas ?? [];
    const behind = replicas.filter(({ current }) => !current).map((replica) => replica.name);
    if (behind.length === 0) return [];
    if (Date.now() > deadline) return [`replicas still behind: ${behind.join(", ")}`];
    await pause(500, signal);
  }
}
