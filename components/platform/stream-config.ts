import { duplicateWindow, second } from "./bucket-config";

/** A stream that a team declares for itself. */
export interface Stream {
  /** Letters, digits, `-` and `_`. */
  readonly name: string;
  /** Subjects that it stores; those of two streams of an account must not overlap. */
  readonly subjects: readonly string[];
  /** What is kept: all up to the limits, what some consumer has not had yet, or what none has taken yet. */
  readonly retention: "limits" | "interest" | "workqueue";
  readonly storage: "file" | "memory";
  /** What happens at a limit: the oldest message goes, or a new one is refused. */
  readonly discard: "old" | "new";
  /** Seconds after which a message is gone. 0: never. */
  readonly maxAgeSeconds: number;
  /** Bytes that the stream may hold; -1: as many as the account. */
  readonly maxBytes: number;
  /** Messages kept of each subject; -1: all. */
  readonly maxMessagesPerSubject: number;
}

/** JetStream's configuration of a stream of one copy. */
export function teamStreamConfig(stream: Stream) {
  return {
    name: stream.name,
    subjects: stream.subjects,
    retention: stream.retention,
    storage: stream.storage,
    discard: stream.discard,
    num_replicas: 1,
    max_age: stream.maxAgeSeconds * second,
    max_bytes: stream.maxBytes,
    max_msgs_per_subject: stream.maxMessagesPerSubject,
    max_msgs: -1,
    max_msg_size: -1,
    max_consumers: -1,
    duplicate_window: duplicateWindow(stream.maxAgeSeconds) * second,
    allow_direct: true,
  };
}
