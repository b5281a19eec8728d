import { createHash, type Hash } from "node:crypto";
import type { NatsConnection } from "@nats-io/nats-core";
import { ApiError, errorCodes, request } from "./api";

/** A part of a stream's sequences, and what is in it. */
export interface Slice {
  /** First and last sequence of the part, whether or not there are such messages. */
  readonly first: number;
  readonly last: number;
  readonly messages: number;
  /** When its first and its last message were stored; absent without messages. */
  readonly oldest?: string;
  readonly newest?: string;
  /** Of sequence, time, subject, headers and data of its messages, in order. */
  readonly sha256: string;
}

/** What is in a stream between two sequences, comparable with what is in another. */
export interface Content {
  readonly messages: number;
  /** Of the slices' digests. */
  readonly sha256: string;
  readonly slices: readonly Slice[];
}

/** Sequences of the smallest slice, and how many slices there are at most; so many requests are under way at a time, too. */
const smallest = 500;
const mostSlices = 32;

/** Bounds of the slices of a range of sequences; none if it is empty. A range always has the same. */
export function sliceBounds(first: number, last: number): { readonly first: number; readonly last: number }[] {
  const sequences = last - first + 1;
  if (sequences <= 0) return [];
  const size = Math.max(smallest, Math.ceil(sequences / mostSlices));
  const count = Math.ceil(sequences / size);
  return Array.from({ length: count }, (_, index) => ({
    first: first + index * size,
    last: Math.min(first + (index + 1) * size - 1, last),
  }));
}

/**
 * Reads what is in a stream from one sequence to another, message by message, by requests that change nothing: a consumer would, in streams
 * that keep messages only for their consumers.
 * @param onMessages told now and then how many more messages have been read
 * @throws Error if a sequence is beyond what a number counts to
 */
export async function readContent(
  connection: NatsConnection,
  stream: string,
  { first, last }: { readonly first: number; readonly last: number },
  {
    signal,
    onMessages,
  }: { readonly signal?: AbortSignal | undefined; readonly onMessages?: (count: number) => void } = {},
): Promise<Content> {
  requireCountable(`stream ${stream}`, { first, last });
  // A failing slice ends the others: nobody waits for them.
  const failed = new AbortController();
  const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const reading = sliceBounds(first, last).map((bounds) =>
    readSlice(connection, stream, bounds, either, onMessages).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  return contentOf(await Promise.all(reading));
}

/**
 * Servers count in 64 bits, this program to 2^53 - 1.
 * @throws Error that names the first value that is no whole number of these
 */
export function requireCountable(of: string, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new Error(
      `${name} of ${of} is ${value}; ctl counts from 0 to ${Number.MAX_SAFE_INTEGER}: save it with nats stream backup, restore it with nats stream restore`,
    );
  }
}

/** The content that slices are. */
export function contentOf(slices: readonly Slice[]): Content {
  const hash = createHash("sha256");
  for (const { first, last, messages, sha256 } of slices) hash.update(`${first} ${last} ${messages} ${sha256}\n`);
  return { messages: slices.reduce((sum, slice) => sum + slice.messages, 0), sha256: hash.digest("hex"), slices };
}

/** A message as servers tell it; headers and data in Base64. */
interface StoredMessage {
  readonly subject: string;
  readonly seq: number;
  readonly hdrs?: string;
  readonly data?: string;
  /** RFC 3339, UTC, to the nanosecond. */
  readonly time: string;
}

/** Messages between two calls of `onMessages`. */
const reportEvery = 1_000;

async function readSlice(
  connection: NatsConnection,
  stream: string,
  { first, last }: { readonly first: number; readonly last: number },
  signal: AbortSignal,
  onMessages: (count: number) => void = () => {},
): Promise<Slice> {
  const hash = createHash("sha256");
  let messages = 0;
  let oldest: string | undefined;
  let newest: string | undefined;
  for (let sequence = first; sequence <= last; ) {
    const message = await nextMessage(connection, stream, sequence, signal);
    if (!message || message.seq > last) break;
    if (!(message.seq >= sequence)) {
      throw new Error(`the server answers with sequence ${message.seq} when asked for ${sequence} or a later one`);
    }
    add(hash, message);
    messages++;
    oldest ??= message.time;
    newest = message.time;
    sequence = message.seq + 1;
    if (messages % reportEvery === 0) onMessages(reportEvery);
  }
  onMessages(messages % reportEvery);
  return { first, last, messages, ...(oldest && newest ? { oldest, newest } : {}), sha256: hash.digest("hex") };
}

/** The first message at or above a sequence; undefined if there is none. */
async function nextMessage(
  connection: NatsConnection,
  stream: string,
  sequence: number,
  signal: AbortSignal,
): Promise<StoredMessage | undefined> {
  const body = { seq: sequence, next_by_subj: ">" };
  return request<{ message: StoredMessage }>(connection, `STREAM.MSG.GET.${stream}`, body, { signal }).then(
    ({ message }) => message,
    (error: unknown) => {
      if (error instanceof ApiError && error.code === errorCodes.noMessage) return undefined;
      throw error;
    },
  );
}

/** Lengths keep apart what would read the same put together. */
function add(hash: Hash, { seq, time, subject, hdrs = "", data = "" }: StoredMessage): void {
  const headers = Buffer.from(hdrs, "base64");
  const body = Buffer.from(data, "base64");
  hash.update(`${seq} ${time} ${Buffer.byteLength(subject)} ${headers.length} ${body.length}\n${subject}`);
  hash.update(headers);
  hash.update(body);
}
