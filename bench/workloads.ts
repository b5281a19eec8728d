import { AckPolicy, jetstream, jetstreamManager, type StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { createInbox, type NatsConnection } from "@nats-io/nats-core";
import type { Figure } from "./client-contract";
import { moveConsumerLeader, moveStreamLeader } from "./leaders";
import { percentile } from "./statistics";

/** One deployment as the client sees it. */
export interface Session {
  /** To the server that leads every stream. */
  readonly leader: NatsConnection;
  /** To another server of the same cluster. */
  readonly other: NatsConnection;
  /** Milliseconds a workload runs for. */
  readonly workloadMs: number;
}

/** One kind of load. */
export interface Workload {
  /** What must be there before the first run. */
  readonly prepare?: (session: Session) => Promise<void>;
  readonly run: (session: Session) => Promise<{ figure: Figure; value: number }[]>;
  /** Removes what it has made; what is not there does not matter. */
  readonly cleanUp?: (session: Session) => Promise<void>;
}

const payload = new Uint8Array(256).fill(46);
const maxBytes = 128 * 1024 ** 2;
const replicated = { num_replicas: 3, storage: "file" as StorageType, max_bytes: maxBytes };
const inFlight = 256;
const storedMessages = 30_000;
const keys = 1_000;

/** Each publish waits for its acknowledgement: by then a majority has the message. */
const publishSync: Workload = {
  prepare: (session) => createStream(session, "BENCH_SYNC"),
  run: async ({ leader, workloadMs }) => {
    const js = jetstream(leader);
    const latencies = await repeat(workloadMs, () => js.publish("BENCH_SYNC", payload));
    await (await jetstreamManager(leader)).streams.purge("BENCH_SYNC");
    return [
      { figure: "publish-sync", value: rate(latencies) },
      { figure: "publish-sync-p50", value: percentile(latencies, 50) },
      { figure: "publish-sync-p99", value: percentile(latencies, 99) },
    ];
  },
  cleanUp: ({ leader }) => deleteStream(leader, "BENCH_SYNC"),
};

const publishAsync: Workload = {
  prepare: (session) => createStream(session, "BENCH_ASYNC"),
  run: async ({ leader, workloadMs }) => {
    const js = jetstream(leader);
    const started = performance.now();
    const publishers = Array.from({ length: inFlight }, () =>
      repeat(workloadMs, () => js.publish("BENCH_ASYNC", payload)),
    );
    const count = (await Promise.all(publishers)).reduce((sum, { length }) => sum + length, 0);
    const elapsed = performance.now() - started;
    await (await jetstreamManager(leader)).streams.purge("BENCH_ASYNC");
    return [{ figure: "publish-async", value: perSecond(count, elapsed) }];
  },
  cleanUp: ({ leader }) => deleteStream(leader, "BENCH_ASYNC"),
};

/** Reads a stream from its start through a replicated pull consumer. */
const consume: Workload = {
  prepare: async (session) => {
    await createStream(session, "BENCH_READ");
    const js = jetstream(session.leader);
    let left = storedMessages;
    const publisher = async () => {
      while (left-- > 0) await js.publish("BENCH_READ", payload);
    };
    await Promise.all(Array.from({ length: inFlight }, publisher));
  },
  run: async ({ leader }) => {
    const jsm = await jetstreamManager(leader);
    const { name } = await jsm.consumers.add("BENCH_READ", {
      durable_name: "reader",
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: storedMessages,
    });
    await moveConsumerLeader(leader, "BENCH_READ", name);
    const consumer = await jetstream(leader).consumers.get("BENCH_READ", name);
    const started = performance.now();
    const messages = await consumer.consume({ max_messages: 1_000 });
    let count = 0;
    for await (const message of messages) {
      count++;
      if (count < storedMessages) {
        message.ack();
        continue;
      }
      await message.ackAck();
      break;
    }
    const elapsed = performance.now() - started;
    await jsm.consumers.delete("BENCH_READ", name);
    return [{ figure: "consume", value: perSecond(count, elapsed) }];
  },
  cleanUp: ({ leader }) => deleteStream(leader, "BENCH_READ"),
};

/** Publishes at one server what a subscriber at another receives; ends when the last message has arrived. */
const corePublish: Workload = {
  run: async ({ leader, other, workloadMs }) => {
    const subject = createInbox();
    let received = 0;
    let arrived = () => {};
    const subscription = other.subscribe(subject, {
      callback: () => {
        received++;
        arrived();
      },
    });
    await interestKnown(leader, other);
    const started = performance.now();
    let published = 0;
    while (performance.now() - started < workloadMs) {
      for (let i = 0; i < 500; i++) leader.publish(subject, payload);
      published += 500;
      await leader.flush();
    }
    const all = new Promise<void>((resolve) => {
      arrived = () => {
        if (received === published) resolve();
      };
      arrived();
    });
    await withTimeout(all, () => `${published - received} of ${published} core messages have not arrived`);
    const elapsed = performance.now() - started;
    subscription.unsubscribe();
    return [{ figure: "core-publish", value: perSecond(published, elapsed) }];
  },
};

const coreRequest: Workload = {
  run: async ({ leader, other, workloadMs }) => {
    const subject = createInbox();
    const service = other.subscribe(subject, {
      callback: (_, message) => {
        message.respond(payload);
      },
    });
    await interestKnown(leader, other);
    const latencies = await repeat(workloadMs, () => leader.request(subject, payload, { timeout: 5_000 }));
    service.unsubscribe();
    return [
      { figure: "core-request-p50", value: percentile(latencies, 50) },
      { figure: "core-request-p99", value: percentile(latencies, 99) },
    ];
  },
};

const keyValue: Workload = {
  prepare: async ({ leader }) => {
    const options = { replicas: 3, storage: replicated.storage, history: 1, max_bytes: maxBytes };
    await new Kvm(leader).create("BENCH", options);
    await moveStreamLeader(leader, "KV_BENCH");
  },
  run: async ({ leader, workloadMs }) => {
    const bucket = await new Kvm(leader).open("BENCH");
    let next = 0;
    const puts = await repeat(workloadMs, () => bucket.put(`key.${next++ % keys}`, payload));
    const known = Math.min(next, keys);
    const gets = await repeat(workloadMs, async () => {
      const key = `key.${next++ % known}`;
      if (!(await bucket.get(key))) throw new Error(`${key} was put, but cannot be got`);
    });
    return [
      { figure: "kv-put", value: rate(puts) },
      { figure: "kv-get", value: rate(gets) },
    ];
  },
  cleanUp: ({ leader }) => deleteStream(leader, "KV_BENCH"),
};

/** All loads, in the order they are run. */
export const workloads: readonly Workload[] = [publishSync, publishAsync, consume, corePublish, coreRequest, keyValue];

/** A replicated file stream with its name as subject, led by the server the client is connected to. What an earlier run has left goes first. */
async function createStream({ leader }: Session, name: string): Promise<void> {
  await deleteStream(leader, name);
  await (await jetstreamManager(leader)).streams.add({ name, subjects: [name], ...replicated });
  await moveStreamLeader(leader, name);
}

async function deleteStream(connection: NatsConnection, name: string): Promise<void> {
  const jsm = await jetstreamManager(connection);
  await jsm.streams.delete(name).catch((error: Error) => {
    if (!/not found/.test(error.message)) throw error;
  });
}

/**
 * Waits until the publisher's server has heard of every subscription of the subscriber, which is at another server: servers tell
 * each other in order, so a message that reaches one more subscription shows it.
 */
async function interestKnown(publisher: NatsConnection, subscriber: NatsConnection): Promise<void> {
  const probe = createInbox();
  let arrived = false;
  const subscription = subscriber.subscribe(probe, {
    callback: () => {
      arrived = true;
    },
  });
  await subscriber.flush();
  const deadline = performance.now() + 10_000;
  while (!arrived) {
    if (performance.now() > deadline) throw new Error("the servers do not pass messages on to each other");
    publisher.publish(probe);
    await publisher.flush();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  subscription.unsubscribe();
}

/** Does the same again and again for so many milliseconds. @returns the milliseconds each took, at least one */
async function repeat(durationMs: number, work: () => Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  const end = performance.now() + durationMs;
  let started = performance.now();
  do {
    await work();
    const now = performance.now();
    latencies.push(now - started);
    started = now;
  } while (started < end);
  return latencies;
}

/** Of things done one after another: how many a second. */
function rate(latenciesMs: readonly number[]): number {
  return perSecond(
    latenciesMs.length,
    latenciesMs.reduce((sum, latency) => sum + latency, 0),
  );
}

function perSecond(count: number, elapsedMs: number): number {
  return (count / elapsedMs) * 1000;
}

async function withTimeout(promise: Promise<void>, problem: () => string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem())), 20_000);
  });
  await Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
}
