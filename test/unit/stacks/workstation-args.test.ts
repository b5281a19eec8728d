import assert from "node:assert/strict";
import { workstationArgs } from "../../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../../stacks/workstation-config";

const accountOf = (account: object, parts: object = {}) => {
  const workstation = { ...parts, accounts: { NOETL: { users: ["noetl"], ...account } } };
  return workstationArgs(parseWorkstationConfig({ workstation })).accounts[0] ?? assert.fail();
};

describe("arguments of a workstation", () => {
  it("are sizes in bytes and durations in seconds", () => {
    assert.deepEqual(
      accountOf({
        jetstream: { memoryStorage: 0, diskStorage: "1Gi" },
        buckets: [{ name: "cache", ttl: "1h", maxSize: "1Mi", history: 3 }],
        streams: [{ name: "orders", subjects: ["orders.>"], maxAge: "7d", maxSize: "1Mi", maxMessagesPerSubject: 2 }],
      }),
      {
        name: "NOETL",
        users: ["noetl"],
        jetstream: { memoryStorage: 0, diskStorage: 2 ** 30 },
        buckets: [{ name: "cache", ttlSeconds: 3600, maxBytes: 2 ** 20, replicas: 1, history: 3 }],
        streams: [
          {
            name: "orders",
            subjects: ["orders.>"],
            retention: "limits",
            storage: "file",
            discard: "old",
            maxAgeSeconds: 604_800,
            maxBytes: 2 ** 20,
            maxMessagesPerSubject: 2,
          },
        ],
      },
    );
  });

  it("have no limit that is not given", () => {
    const [stream] = accountOf({ streams: [{ name: "orders", subjects: ["orders"] }] }).streams;
    const { maxAgeSeconds, maxBytes, maxMessagesPerSubject } = stream ?? assert.fail();
    assert.deepEqual([maxAgeSeconds, maxBytes, maxMessagesPerSubject], [0, -1, -1]);
  });

  it("give bucket sessions the TTL of sessions, unless it has one, and no other bucket", () => {
    const ttls = (buckets: object[], parts = {}) =>
      accountOf({ buckets }, parts).buckets.map(({ ttlSeconds }) => ttlSeconds);
    assert.deepEqual(ttls([{ name: "sessions" }, { name: "other" }]), [300, 0]);
    assert.deepEqual(ttls([{ name: "sessions" }], { sessionCacheTtlSeconds: 2 }), [2]);
    assert.deepEqual(ttls([{ name: "sessions", ttl: "1m" }], { sessionCacheTtlSeconds: 2 }), [60]);
  });
});
