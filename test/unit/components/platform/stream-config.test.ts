import assert from "node:assert/strict";
import { type Stream, teamStreamConfig } from "../../../../components/platform/stream-config";

const stream: Stream = {
  name: "orders",
  subjects: ["orders.>"],
  retention: "workqueue",
  storage: "memory",
  discard: "new",
  maxAgeSeconds: 60,
  maxBytes: 1024,
  maxMessagesPerSubject: -1,
};

describe("configuration of a stream", () => {
  it("is JetStream's, of one copy, with durations in nanoseconds", () => {
    assert.deepEqual(teamStreamConfig(stream), {
      name: "orders",
      subjects: ["orders.>"],
      retention: "workqueue",
      storage: "memory",
      discard: "new",
      num_replicas: 1,
      max_age: 60_000_000_000,
      max_bytes: 1024,
      max_msgs_per_subject: -1,
      max_msgs: -1,
      max_msg_size: -1,
      max_consumers: -1,
      duplicate_window: 60_000_000_000,
      allow_direct: true,
    });
  });

  it("takes a message for sent twice within two minutes, if it lasts so long", () => {
    assert.equal(teamStreamConfig({ ...stream, maxAgeSeconds: 0 }).duplicate_window, 120_000_000_000);
  });
});
