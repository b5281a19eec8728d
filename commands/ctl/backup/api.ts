import type { ConsumerInfo, StreamInfo } from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/nats-core";
import { describeError } from "../../../services/text";
import { parseJson, writeJson } from "./lossless-json";
import { pause } from "./pause";

/** `err_code` of answers that callers tell apart. https://github.com/nats-io/nats-server/blob/v2.14.2/server/errors.json */
export const errorCodes = {
  noPeers: 10005,
  noMessage: 10037,
  streamNotFound: 10059,
  replicasNotSupported: 10074,
  nameExistsForRestore: 10130,
};

/** A server's refusal. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** How a request is made. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds to wait for an answer. @default 10 s */
  readonly timeout?: number;
  /** How often it is made while nobody answers: a stream is without a leader for seconds when a server goes. @default 5 */
  readonly attempts?: number;
}

/** Milliseconds between two attempts. */
const retryMs = 1_000;

/** `err_code` by which a cluster says that it has no leader now. */
const noLeader = 10008;

/**
 * Makes a request to the account's JetStream. Integers that a number cannot hold are bigints, whatever the types say.
 * @param subject after `$JS.API.`
 * @throws ApiError if a server refuses it; Error if nobody answers
 */
export async function request<T extends object>(
  connection: NatsConnection,
  subject: string,
  body: unknown,
  { signal, timeout = 10_000, attempts = 5 }: RequestOptions = {},
): Promise<T> {
  const payload = body === undefined ? "" : writeJson(body);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      const answer = await connection.request(`$JS.API.${subject}`, payload, { timeout });
      const parsed = parseJson(answer.string()) as T & { error?: ServerError };
      if (!parsed.error) return parsed;
      throw refusal(parsed.error);
    } catch (error) {
      const again = error instanceof ApiError ? error.code === noLeader : isSilence(error);
      if (!again) throw error;
      if (attempt >= attempts) throw silence(subject, error);
      await pause(retryMs, signal);
    }
  }
}

/** The error in an answer. */
export interface ServerError {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** An answer's error as one to throw. */
export function refusal({ code, err_code, description }: ServerError): ApiError {
  return new ApiError(err_code ?? code, description ?? `error ${code}`);
}

function isSilence(error: unknown): boolean {
  return error instanceof errors.TimeoutError || (error instanceof errors.RequestError && error.isNoResponders());
}

function silence(subject: string, error: unknown): Error {
  const why = error instanceof ApiError ? describeError(error) : "nobody answers";
  return new Error(`${subject}: ${why}. Look with: ctl health, and run it again: what is complete stays`, {
    cause: error,
  });
}

/** What a stream is, or undefined where there is none. */
export async function streamInfo(
  connection: NatsConnection,
  stream: string,
  signal?: AbortSignal,
): Promise<StreamInfo | undefined> {
  return request<StreamInfo>(connection, `STREAM.INFO.${stream}`, undefined, { signal }).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === errorCodes.streamNotFound) return undefined;
    throw error;
  });
}

/** Deletes a stream; one that is not there is as good as deleted. */
export async function deleteStream(connection: NatsConnection, stream: string, signal?: AbortSignal): Promise<void> {
  await request(connection, `STREAM.DELETE.${stream}`, undefined, { signal }).catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === errorCodes.streamNotFound)) throw error;
  });
}

/** All names of the account's streams, sorted. */
export async function streamNames(connection: NatsConnection, signal?: AbortSignal): Promise<string[]> {
  return (await listed<string>(connection, "STREAM.NAMES", "streams", signal)).sort();
}

/** All streams of the account. */
export function streamsOf(connection: NatsConnection, signal?: AbortSignal): Promise<StreamInfo[]> {
  return listed<StreamInfo>(connection, "STREAM.LIST", "streams", signal);
}

/** All consumers of a stream, sorted by name. */
export async function consumersOf(
  connection: NatsConnection,
  stream: string,
  signal?: AbortSignal,
): Promise<ConsumerInfo[]> {
  const consumers = await listed<ConsumerInfo>(connection, `CONSUMER.LIST.${stream}`, "consumers", signal);
  return consumers.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** All pages of a list. @param key of an answer's part of it */
async function listed<Entry>(
  connection: NatsConnection,
  subject: string,
  key: "streams" | "consumers",
  signal?: AbortSignal,
): Promise<Entry[]> {
  type Page = { readonly total: number } & Partial<Record<typeof key, readonly Entry[] | null>>;
  const entries: Entry[] = [];
  for (;;) {
    const { total, [key]: page } = await request<Page>(connection, subject, { offset: entries.length }, { signal });
    entries.push(...(page ?? []));
    if (!page?.length || entries.length >= total) return entries;
  }
}

/** How much an account may store, and does. */
export interface Tier {
  readonly memory: number;
  readonly storage: number;
  readonly reserved_memory?: number;
  readonly reserved_storage?: number;
  readonly streams: number;
  readonly limits: {
    readonly max_memory: number;
    readonly max_storage: number;
    readonly max_streams: number;
    readonly max_bytes_required?: boolean;
  };
}

/** What an account may store and does: over all, or by number of replicas, as in `R3`. */
export interface AccountInfo extends Tier {
  readonly tiers?: Readonly<Record<string, Tier>>;
}

/** What the account may store, and does. */
export function accountInfo(connection: NatsConnection, signal?: AbortSignal): Promise<AccountInfo> {
  return request<AccountInfo>(connection, "INFO", undefined, { signal });
}
