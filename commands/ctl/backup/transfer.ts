import type { StreamConfig, StreamInfo, StreamState } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { ApiError, deleteStream, errorCodes, refusal, request, type ServerError, streamInfo, streamNames } from "./api";
import { Inbox } from "./inbox";
import { pause } from "./pause";
import { isLeftover } from "./stream-config";

/** Chunks under way at a time, and bytes of one: what a server has not unpacked yet is in its memory. */
const windowChunks = 16;
const chunkBytes = 128 * 1024;

/** Milliseconds that a server may take over one chunk, and over all of them once it has the last: it opens the stream then. */
const chunkMs = 30_000;
const finishMs = 600_000;

/** What a stream is made of. */
export interface Transfer {
  /** May differ from the one in the archive, except for the name. Marked, so that what is left of a transfer is known. */
  readonly config: StreamConfig;
  readonly state: StreamState;
  readonly archive: AsyncIterable<Uint8Array>;
  /** Told the bytes of each chunk that is sent. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Makes a stream, and its consumers, of an archive.
 * @returns the stream as it was the moment it was there
 * @throws Error if the server refuses it, or stops taking; nothing of this transfer is there then
 */
export async function sendSnapshot(
  connection: NatsConnection,
  { config, state, archive, onBytes }: Transfer,
  signal?: AbortSignal,
): Promise<StreamInfo> {
  const subject = await begin(connection, { config, state }, signal);
  const { name } = config;
  const texts = { doing: `stream ${name} was restored`, silent: `taken nothing of stream ${name}` };
  const inbox = new Inbox(connection, texts, signal);
  const answer = async (timeoutMs: number) => accepted(await inbox.next(timeoutMs));
  let sent = false;
  try {
    let underWay = 0;
    for await (const chunk of pieces(archive)) {
      if (underWay === windowChunks) {
        await answer(chunkMs);
        underWay--;
      }
      connection.publish(subject, chunk, { reply: inbox.subject });
      underWay++;
      onBytes?.(chunk.length);
    }
    for (; underWay > 0; underWay--) await answer(chunkMs);
    sent = true;
    connection.publish(subject, "", { reply: inbox.subject });
    return (await answer(finishMs)).json<StreamInfo>();
  } catch (error) {
    // What has come of it so far is no stream, but in a cluster its name would stay taken.
    if (!sent && !connection.isClosed()) await removeLeftover(connection, name).catch(() => {});
    throw sent && isTaken(error) ? madeMeanwhile() : error;
  } finally {
    inbox.close();
  }
}

/** Asks for it; returns the subject that chunks go to. */
async function begin(
  connection: NatsConnection,
  asked: Pick<Transfer, "config" | "state">,
  signal?: AbortSignal,
): Promise<string> {
  const { name } = asked.config;
  for (let attempt = 1; ; attempt++) {
    try {
      const options = { signal, attempts: 1 };
      const answer = await request<{ deliver_subject: string }>(connection, `STREAM.RESTORE.${name}`, asked, options);
      return answer.deliver_subject;
    } catch (error) {
      if (!isTaken(error) || attempt === attempts) throw error;
      await freeName(connection, name, signal);
    }
  }
}

/** How often it is tried to free a name, and how long a transfer may pause, in milliseconds: servers give one up after 5 s. */
const attempts = 3;
const idleMs = 6_000;

/**
 * Frees the name of a stream that was not there. A cluster keeps it for a transfer that broke off, without a stream or with an empty one.
 * https://github.com/nats-io/nats-server/blob/v2.14.2/server/jetstream_cluster.go#L7191
 * @throws Error if somebody else is restoring it now, or has made one
 */
async function freeName(connection: NatsConnection, name: string, signal?: AbortSignal): Promise<void> {
  let underWay = false;
  const callback = () => {
    underWay = true;
  };
  const chunks = connection.subscribe(`$JS.SNAPSHOT.RESTORE.${name}.>`, { callback });
  await pause(idleMs, signal).finally(() => chunks.unsubscribe());
  if (underWay) throw new Error("somebody else is restoring it now: wait until they have, and run it again");
  await removeLeftover(connection, name, signal);
}

/**
 * Removes what a transfer that broke off has left, if anything, and nothing else: whoever made a stream of this name meanwhile keeps it.
 * @throws Error if somebody did
 */
export async function removeLeftover(connection: NatsConnection, name: string, signal?: AbortSignal): Promise<void> {
  const info = await streamInfo(connection, name, signal);
  if (info && !isLeftover(info)) throw madeMeanwhile();
  // A name without a stream is one that a cluster keeps.
  if (info || (await streamNames(connection, signal)).includes(name)) await deleteStream(connection, name, signal);
}

function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.code === errorCodes.nameExistsForRestore;
}

function madeMeanwhile(): Error {
  return new Error("somebody else has made it in the meantime: run it again");
}

/** An answer to a chunk is empty, or says why the server gives up. */
function accepted(message: Msg): Msg {
  const error = message.data.length > 0 ? message.json<{ error?: ServerError }>().error : undefined;
  if (error) throw refusal(error);
  return message;
}

/** A store's parts may be larger than a message may be. */
async function* pieces(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  for await (const part of archive) {
    for (let from = 0; from < part.length; from += chunkBytes) yield part.subarray(from, from + chunkBytes);
  }
}
