import assert from "node:assert/strict";
import { streamConfig } from "../../../../components/platform/bucket-config";

const bucket = { name: "message_state", ttlSeconds: 900, maxBytes: 2 ** 30, replicas: 3, history: 1 };

describe("bucket configuration", () => {
  it("is the stream that NATS clients make for a bucket", () => {
    assert.deepEqual(streamConfig(bucket), {
      name: "KV_message_state",
      subjects: ["$KV.message_state.>"],
      retention: "limits",
      storage: "file",
      discard: "new",
      num_replicas: 3,
      max_age: 900_000_000_000,
      max_bytes: 1_073_741_824,
      max_msgs_per_subject: 1,
      max_msgs: -1,
      max_msg_size: -1,
      max_consumers: -1,
      duplicate_window: 120_000_000_000,
      allow_rollup_hdrs: true,
      allow_direct: true,
      deny_delete: true,
    });
  });

  it("never has a duplicate window longer than the TTL, which the server refuses", () => {
    assert.equal(streamConfig({ ...bucket, ttlSeconds: 30 }).duplicate_window, 30_000_000_000);
    assert.equal(streamConfig({ ...bucket, ttlSeconds: 0 }).duplicate_window, 120_000_000_000);
  });
});
