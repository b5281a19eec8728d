import { type ConsumerInfo, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { span } from "../output";
import { groupProblems } from "./streams";

/** A consumer at one moment, and whether it is stuck. */
export interface ConsumerReport {
  readonly account: string;
  readonly stream: string;
  readonly name: string;
  /** Whether clients ask for messages, or are sent them. */
  readonly mode: "pull" | "push";
  /** Messages that it has not delivered yet. */
  readonly pending: number;
  /** Messages delivered and not acknowledged. */
  readonly ackPending: number;
  /** Most of {@link ackPending} at a time; absent for no limit. */
  readonly maxAckPending?: number;
  readonly redelivered: number;
  /** Requests of clients that wait for messages. */
  readonly waiting: number;
  /** ISO 8601; absent if there was none yet, or the server has been started since. */
  readonly lastDelivery?: string;
  /** Why it does not get on, or stands without a leader; empty if it does. */
  readonly problems: readonly string[];
}

/** For how long a consumer may deliver nothing before its messages count as unattended, in milliseconds. Clients that fetch come back sooner. */
const unattendedMs = 60_000;

/**
 * Describes consumers of an account, by stream and name.
 * @param streams names of the streams to look at
 */
export async function readConsumers(connection: NatsConnection, streams: readonly string[]): Promise<ConsumerInfo[]> {
  const manager = await jetstreamManager(connection);
  const found: ConsumerInfo[] = [];
  for (const stream of streams) for await (const info of manager.consumers.list(stream)) found.push(info);
  return found.sort((a, b) => a.stream_name.localeCompare(b.stream_name) || a.name.localeCompare(b.name));
}

/** What is judged of a consumer. */
export type JudgedConsumer = Pick<
  ConsumerInfo,
  | "stream_name"
  | "name"
  | "created"
  | "config"
  | "delivered"
  | "num_ack_pending"
  | "num_redelivered"
  | "num_waiting"
  | "num_pending"
  | "cluster"
  | "push_bound"
  | "paused"
>;

/**
 * The report on a consumer.
 * @param now in milliseconds since 1970
 */
export function consumerReport(account: string, info: JudgedConsumer, now: number): ConsumerReport {
  const { config, delivered } = info;
  const most = config.max_ack_pending ?? 0;
  // Servers write the time of the last delivery, though the client's types have it under another name.
  const { last_active: lastDelivery } = delivered as unknown as { last_active?: string };
  return {
    account,
    stream: info.stream_name,
    name: info.name,
    mode: config.deliver_subject ? "push" : "pull",
    pending: info.num_pending,
    ackPending: info.num_ack_pending,
    ...(most > 0 ? { maxAckPending: most } : {}),
    redelivered: info.num_redelivered,
    waiting: info.num_waiting,
    ...(lastDelivery ? { lastDelivery } : {}),
    problems: [...groupProblems(info.cluster, 1), ...stuckReasons(info, lastDelivery ?? info.created, now)],
  };
}

/** Why a consumer does not get on; empty if it does, or has nothing to do. */
function stuckReasons(info: JudgedConsumer, lastActivity: string, now: number): string[] {
  const { config, num_ack_pending, num_pending, num_waiting, paused, push_bound } = info;
  if (paused) return num_pending > 0 ? [`paused, with ${num_pending} messages to deliver`] : [];
  const most = config.max_ack_pending ?? 0;
  if (most > 0 && num_ack_pending >= most) {
    return [
      `${num_ack_pending} of at most ${most} messages are delivered and not acknowledged: nothing more is delivered until its clients acknowledge`,
    ];
  }
  if (num_pending === 0) return [];
  if (config.deliver_subject) {
    return push_bound ? [] : [`${num_pending} messages wait and nobody subscribes to ${config.deliver_subject}`];
  }
  const idleMs = now - Date.parse(lastActivity);
  if (num_waiting > 0 || idleMs < unattendedMs) return [];
  return [`${num_pending} messages wait and nobody asks for them, for ${span(idleMs)}: its clients are away`];
}
