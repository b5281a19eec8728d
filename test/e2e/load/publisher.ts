import { readFileSync } from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";

/** One line of output: how far the load has come, or, at the end, what became of it. */
export interface LoadReport {
  readonly type: "progress" | "result";
  /** Messages the servers acknowledged as stored. */
  readonly acknowledged: number;
  /** Publishes that got no acknowledgement in time; whether they were stored is unknown. */
  readonly unacknowledged: number;
  /** Longest time without any acknowledgement, in milliseconds. */
  readonly longestGapMs: number;
  readonly disconnects: number;
  /** Acknowledged messages that are not in the stream. Known in the result only. */
  readonly lost?: number;
  /** Messages in the stream. Known in the result only. */
  readonly stored?: number;
  /** Followers that hold all of the stream. Known in the result only. */
  readonly currentFollowers?: number;
}

/** Signal to the process that ends the publishing. */
export const stopSignal = "SIGUSR2";

const inFlight = 16;

/** Pause of each of the {@link inFlight} publishers after a message, in milliseconds: steady load, while the machine still has time for what is tested. */
const pauseMs = 5;

/** A set of numbers counted up from 0, small enough for millions of them. */
class NumberSet {
  #bits = Buffer.alloc(1 << 16);
  size = 0;

  add(number: number): void {
    if (this.has(number)) return;
    const byte = number >> 3;
    if (byte >= this.#bits.length)
      this.#bits = Buffer.concat([this.#bits, Buffer.alloc(Math.max(this.#bits.length, byte))]);
    this.#bits[byte] = (this.#bits[byte] ?? 0) | (1 << (number & 7));
    this.size++;
  }

  has(number: number): boolean {
    return ((this.#bits[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }
}

/**
 * Publishes numbered messages to a replicated file stream until {@link stopSignal}, through whatever happens to the servers,
 * then reads the stream back and counts the acknowledged messages that are missing. Runs as a pod.
 */
async function main(): Promise<void> {
  const stream = process.env.STREAM ?? "LOAD";
  const connection = await connect({
    servers: process.env.NATS_URL,
    authenticator: credsAuthenticator(readFileSync("/creds/control-plane/nats.creds")),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    // A server without power says no good-bye: only an unanswered ping tells. The default notices after four minutes.
    pingInterval: 1_000,
    maxPingOut: 2,
    timeout: 2_000,
    waitOnFirstConnect: true,
  });
  const counters = {
    acknowledged: new NumberSet(),
    unacknowledged: 0,
    longestGapMs: 0,
    disconnects: 0,
    last: Date.now(),
  };
  void countDisconnects(connection, () => counters.disconnects++);
  await createStream(connection, stream);
  if (process.env.LEADER) await moveLeader(connection, stream, process.env.LEADER);
  counters.last = Date.now();

  let stopped = false;
  process.once(stopSignal, () => {
    stopped = true;
  });
  let next = 0;
  const js = jetstream(connection, { timeout: 3_000 });
  const publish = async () => {
    while (!stopped) {
      const id = next++;
      try {
        await js.publish(`${stream}.${id}`, String(id).padEnd(128, "."));
        counters.acknowledged.add(id);
        const now = Date.now();
        counters.longestGapMs = Math.max(counters.longestGapMs, now - counters.last);
        counters.last = now;
      } catch {
        counters.unacknowledged++;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const report = (type: LoadReport["type"], more: Partial<LoadReport> = {}) => {
    const { acknowledged, unacknowledged, longestGapMs, disconnects } = counters;
    const line: LoadReport = {
      type,
      acknowledged: acknowledged.size,
      unacknowledged,
      longestGapMs,
      disconnects,
      ...more,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  const progress = setInterval(() => report("progress"), 500);
  await Promise.all(Array.from({ length: inFlight }, publish));
  clearInterval(progress);

  const currentFollowers = await patiently(() => followersCurrent(connection, stream));
  const found = await patiently(() => readBack(connection, stream));
  let lost = 0;
  for (let id = 0; id < next; id++) if (counters.acknowledged.has(id) && !found.has(id)) lost++;
  report("result", { lost, stored: found.size, currentFollowers });
  await (await jetstreamManager(connection)).streams.delete(stream);
  await connection.close();
}

async function countDisconnects(connection: NatsConnection, count: () => void): Promise<void> {
  for await (const { type } of connection.status()) if (type === "disconnect") count();
}

async function createStream(connection: NatsConnection, name: string): Promise<void> {
  const jsm = await jetstreamManager(connection);
  // What an earlier load that failed has left.
  await jsm.streams.delete(name).catch(() => {});
  await jsm.streams.add({ name, subjects: [`${name}.>`], num_replicas: 3, storage: "file", retention: "limits" });
}

/** Makes one server the leader of the stream, so that a test knows which node to fail. */
async function moveLeader(connection: NatsConnection, stream: string, server: string): Promise<void> {
  const jsm = await jetstreamManager(connection);
  const placement = JSON.stringify({ placement: { preferred: server } });
  while ((await jsm.streams.info(stream)).cluster?.leader !== server) {
    await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, placement).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Tries again for a minute: what is asked here must hold in the end, while servers may still be finding each other. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Number of followers, once all of them are current. */
async function followersCurrent(connection: NatsConnection, stream: string): Promise<number> {
  const { cluster } = await (await jetstreamManager(connection)).streams.info(stream);
  const current = cluster?.replicas?.filter((replica) => replica.current && !replica.offline) ?? [];
  if (current.length !== 2) throw new Error(`${current.length} of 2 followers of ${stream} are current`);
  return current.length;
}

/** The numbers of all messages in the stream. */
async function readBack(connection: NatsConnection, stream: string): Promise<NumberSet> {
  const found = new NumberSet();
  const { state } = await (await jetstreamManager(connection)).streams.info(stream);
  if (state.messages === 0) return found;
  const consumer = await jetstream(connection).consumers.get(stream);
  const messages = await consumer.consume({ max_messages: 5_000 });
  for await (const message of messages) {
    found.add(Number(message.string().replace(/\.+$/, "")));
    if (message.seq >= state.last_seq) break;
  }
  return found;
}

if (require.main === module) void main();
