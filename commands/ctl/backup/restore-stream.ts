import type { StreamInfo } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { ApiError, errorCodes, request, streamInfo } from "./api";
import { Measuring } from "./archive";
import { consumerProblems, contentDifference, overAge } from "./compare";
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
 * Makes a stream of its archive, which was checked. It is parked until {@link finishStream}.
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
    await createFromConfiguration(connection, saved, replicas, signal);
    return;
  }
  const content = await store.read(archive.file);
  if (!content) throw new Error(`archive ${archive.file} has vanished from ${store.name}`);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    onProgress?.({ stream: name, doing: "restoring", done, total: archive.bytes, unit: "bytes" });
  };
  const config = parkedConfig(target, restoreMark(saved), sizeRequired);
  const measuring = new Measuring();
  const transfer = { config, state, archive: measuring.through(content), onBytes };
  const made = await sendSnapshot(connection, transfer, signal).catch(withRemedy);
  const expected = saved.content?.messages ?? 0;
  if (made.state.messages < expected) {
    throw new Error(`it has ${made.state.messages} messages, not ${expected}: its archive did not hold them all`);
  }
}

/** Nothing but trying tells how many servers there are for a stream. */
function withRemedy(error: unknown): never {
  const tooFew =
    error instanceof ApiError && [errorCodes.noPeers, errorCodes.replicasNotSupported].includes(error.code);
  throw tooFew
    ? new Error(`${error.message}: restore it with fewer replicas, and without its placement, with --replicas`)
    : error;
}

/** A stream in memory comes back empty, with its durable consumers. */
async function createFromConfiguration(
  connection: NatsConnection,
  { name, config, consumers }: SavedStream,
  replicas: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  await request(connection, `STREAM.CREATE.${name}`, targetConfig(config, replicas), { signal });
  for (const { config: consumer } of consumers) {
    const durable = consumer.durable_name;
    if (!durable) continue;
    const body = { stream_name: name, config: consumer, action: "create" };
    await request(connection, `CONSUMER.DURABLE.CREATE.${name}.${durable}`, body, { signal });
  }
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
  if (!archive) return [why ?? ""];
  const notes: string[] = [];
  const problems: string[] = [];
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
  problems.push(...(await consumerProblems(connection, saved, signal)));
  if (problems.length > 0) throw new Error(`it is not as it was: ${problems.join("; ")}`);
  const target = targetConfig(config, replicas);
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
