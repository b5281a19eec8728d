import assert from "node:assert/strict";
import { bucketFiles, filesDigest } from "../../../../components/platform/bucket-files";
import type { Stream } from "../../../../components/platform/stream-config";

const bucket = { name: "message_state", ttlSeconds: 900, maxBytes: 2 ** 30, replicas: 3, history: 1 };
const stream: Stream = {
  name: "orders",
  subjects: ["orders.>"],
  retention: "limits",
  storage: "file",
  discard: "old",
  maxAgeSeconds: 0,
  maxBytes: -1,
  maxMessagesPerSubject: -1,
};

describe("files of the buckets' Job", () => {
  it("has one file per bucket and the script", () => {
    assert.deepEqual(Object.keys(bucketFiles([bucket, { ...bucket, name: "b" }])), [
      "message_state.json",
      "b.json",
      "apply.sh",
    ]);
  });

  it("has one file per stream, which no bucket's has the name of", () => {
    const files = bucketFiles([{ ...bucket, name: "orders" }], [stream]);
    assert.deepEqual(Object.keys(files), ["orders.json", "orders.stream.json", "apply.sh"]);
    assert.equal(JSON.parse(files["orders.stream.json"] ?? "").name, "orders");
    assert.equal(JSON.parse(files["orders.json"] ?? "").name, "KV_orders");
  });

  it("gives a digest that changes with the content and not with the order", () => {
    const other = { ...bucket, name: "b" };
    assert.equal(filesDigest(bucketFiles([bucket, other])), filesDigest(bucketFiles([other, bucket])));
    assert.notEqual(filesDigest(bucketFiles([bucket])), filesDigest(bucketFiles([{ ...bucket, ttlSeconds: 901 }])));
    assert.match(filesDigest(bucketFiles([bucket])), /^[0-9a-f]{8}$/);
  });
});
