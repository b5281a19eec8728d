import {
  AckPolicy,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { onceHeard } from "../../once-heard";
import type { ProbeContext } from "../context";
import type { Check } from "../runner";

const messages = 20;

/** A file stream with a replica on every server takes messages, gives them back in order, and all replicas have them. */
export const streamReplicated: Check<ProbeContext> = {
  name: "stream-r3",
  needs: ["client-connect"],
  async run(context) {
    const connection = await context.session("control-plane");
    const manager = await jetstreamManager(connection);
    const name = `${context.prefix}_STREAM`;
    const replicas = context.settings.expected.replicas;
    return withStream(manager, scratchStream(name, context.subject("stream"), replicas), async () => {
      const sent = await during("publishing to it", publish(connection, context.subject("stream")));
      const received = await during("reading it", readBack(connection, name));
      const wrong = sent.findIndex((payload, index) => payload !== received[index]);
      if (wrong >= 0)
        throw new Error(`message ${wrong + 1} of ${messages} came back as ${received[wrong] ?? "nothing"}`);
      const leader = await replicasCurrent(manager, name, replicas);
      return `${messages} messages stored and read back, leader ${leader}, ${replicas} of ${replicas} replicas current`;
    });
  },
};

/** Configuration of a stream that is deleted again within the run; small, so that it fits beside whatever the account holds. */
export function scratchStream(name: string, subject: string, replicas: number) {
  return {
    name,
    subjects: [subject],
    num_replicas: replicas,
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    max_bytes: 1024 * 1024,
  };
}

/** Creates a stream, does something with it, and deletes it whatever happens. */
export async function withStream<T>(
  manager: JetStreamManager,
  config: ReturnType<typeof scratchStream>,
  use: () => Promise<T>,
): Promise<T> {
  try {
    await during(`creating a stream with ${config.num_replicas} replicas`, manager.streams.add(config));
    return await use();
  } finally {
    // Also after a creation that was not answered: it may still have happened.
    await manager.streams.delete(config.name).catch(() => {}); // left for deleteLeftovers of a later run
  }
}

/** Says what was being done when it failed. */
async function during<T>(what: string, doing: Promise<T>): Promise<T> {
  return doing.catch((error: Error) => {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });
}

async function publish(connection: NatsConnection, subject: string): Promise<string[]> {
  const client = jetstream(connection);
  const payloads = Array.from({ length: messages }, (_, index) => `message ${index + 1}`);
  for (const payload of payloads) await onceHeard(() => client.publish(subject, payload));
  return payloads;
}

async function readBack(connection: NatsConnection, stream: string): Promise<string[]> {
  const client = jetstream(connection);
  const consumer = await client.consumers.get(stream, { ack_policy: AckPolicy.None } as object);
  const received: string[] = [];
  for await (const message of await consumer.fetch({ max_messages: messages, expires: 5_000 })) {
    received.push(message.string());
  }
  return received;
}

/**
 * Waits for the followers to have what the leader has, which they get after it acknowledges to the majority.
 * @returns the leader's name
 * @throws Error naming the replicas that are missing or behind
 */
async function replicasCurrent(manager: JetStreamManager, stream: string, replicas: number): Promise<string> {
  const deadline = performance.now() + 3_000;
  for (;;) {
    const info = await manager.streams.info(stream);
    const problem = replicaProblem(info, replicas);
    if (problem === undefined) return info.cluster?.leader ?? "alone";
    if (performance.now() > deadline) throw new Error(problem);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What is wrong with a stream's replicas; undefined if there are as many as there should be and all are current. */
export function replicaProblem(info: Pick<StreamInfo, "cluster">, replicas: number): string | undefined {
  const followers = info.cluster?.replicas ?? [];
  if (replicas > 1 && !info.cluster?.leader) return "no leader";
  if (followers.length !== replicas - 1) return `${followers.length + 1} replicas, not ${replicas}`;
  const behind = followers.filter((peer) => !peer.current || peer.offline).map((peer) => peer.name);
  return behind.length ? `replicas not current: ${behind.join(", ")}` : undefined;
}

/** Age after which a scratch stream cannot be a running verify's any more, in milliseconds. */
const leftoverAgeMs = 10 * 60_000;

/** Deletes scratch streams and buckets that interrupted runs left behind. */
export async function deleteLeftovers(manager: JetStreamManager): Promise<void> {
  for await (const { config, created } of manager.streams.list()) {
    const ours = /^(KV_)?VERIFY_[a-z0-9]+_/.test(config.name);
    if (ours && Date.now() - Date.parse(created) > leftoverAgeMs) await manager.streams.delete(config.name);
  }
}
