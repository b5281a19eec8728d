import type { StreamConfig, StreamState } from "@nats-io/jetstream";
import type { Msg, NatsConnection } from "@nats-io/nats-core";
import { request } from "./api";
import { Inbox } from "./inbox";

/** A stream's snapshot, as a server sends it. */
export interface Snapshot {
  readonly config: StreamConfig;
  /** Of the moment it was begun. Messages that come later may be in it, too. */
  readonly state: StreamState;
  /** Its bytes: a tar of the server's files, compressed with S2. Throws if it breaks off. To be read, once. */
  readonly archive: AsyncIterable<Uint8Array>;
}

/** Milliseconds without a chunk after which it is given up. */
const stallMs = 30_000;

/** A server gives up after 5 s without an acknowledgement. While the store takes nothing, one is given this often, in milliseconds. */
const keepAliveMs = 2_000;

/** Bytes of one chunk, and of all that are not acknowledged: bounds what is in memory, and loads a shared connection little. */
const chunkBytes = 128 * 1024;
const windowBytes = 4 * 1024 * 1024;

/**
 * Has a server send a snapshot of a stream with its consumers. Changes nothing. The server's own check of all checksums (`jsck`) is not asked
 * for: it stops the stream until every block is read.
 * @throws ApiError if it refuses: there is no such stream, it is in memory, or another snapshot of it is under way
 */
export async function openSnapshot(
  connection: NatsConnection,
  stream: string,
  signal?: AbortSignal,
): Promise<Snapshot> {
  const acknowledgements = new Acknowledgements();
  const texts = { doing: `stream ${stream} was read`, silent: `sent nothing of stream ${stream}` };
  const inbox = new Inbox(connection, texts, signal, (message) => acknowledgements.owe(message));
  try {
    const { config, state } = await request<Pick<Snapshot, "config" | "state">>(
      connection,
      `STREAM.SNAPSHOT.${stream}`,
      { deliver_subject: inbox.subject, chunk_size: chunkBytes, window_size: windowBytes },
      { signal, timeout: stallMs, attempts: 1 },
    );
    return { config, state, archive: chunks(inbox, acknowledgements, stream) };
  } catch (error) {
    inbox.close();
    throw error;
  }
}

/** Each chunk is acknowledged when its reader comes back for more: so the server sends no faster than the store writes. */
async function* chunks(inbox: Inbox, acknowledgements: Acknowledgements, stream: string): AsyncIterable<Uint8Array> {
  const timer = setInterval(() => acknowledgements.keepAlive(), keepAliveMs / 2);
  try {
    for (;;) {
      const message = await inbox.next(stallMs);
      if (message.data.length === 0) return checkEnd(message, stream);
      yield message.data;
      acknowledgements.give(message);
    }
  } finally {
    clearInterval(timer);
    inbox.close();
  }
}

/** The last message is empty. Its status is 204, or there is none where all fitted into one chunk; any other says why it broke off. */
function checkEnd({ headers }: Msg, stream: string): void {
  if (!headers || headers.code === 204) return;
  const why = headers.description || `status ${headers.code}`;
  throw new Error(
    `the server broke off the snapshot of stream ${stream}: ${why}. Run it again: what is complete stays`,
  );
}

/** Acknowledgements that a server waits for, oldest first. */
class Acknowledgements {
  private readonly owed: Msg[] = [];
  private last = Date.now();

  owe(message: Msg): void {
    // The last chunk wants none.
    if (message.reply) this.owed.push(message);
  }

  /** Acknowledges the oldest chunk there is, unless that was done already to keep the server waiting. */
  give(message: Msg): void {
    if (this.owed[0] === message) this.giveOldest();
  }

  /** Keeps a server waiting whose chunks the store is slow to take. */
  keepAlive(): void {
    if (Date.now() - this.last >= keepAliveMs) this.giveOldest();
  }

  private giveOldest(): void {
    this.owed.shift()?.respond();
    this.last = Date.now();
  }
}
