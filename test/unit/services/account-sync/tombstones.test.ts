import assert from "node:assert/strict";
import { mostTombstones, readTombstones, tooMany } from "../../../../services/account-sync/kubernetes/tombstones";

const tombstone = (day: number) => ({
  account: "tenant-acme",
  deleteJwt: "order",
  deletedAt: new Date(day * 86_400_000).toISOString(),
});
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");

describe("tombstones", () => {
  it("are read from a Secret's data; what is none is left out", () => {
    const data = { A: base64(tombstone(1)), B: "garbage", C: base64({ account: "x" }), D: base64("text") };
    assert.deepEqual([...readTombstones(data)], [["A", tombstone(1)]]);
  });

  it("make room for new ones, the oldest first", () => {
    const kept = new Map(
      Array.from({ length: mostTombstones }, (_, day) => [`A${day}`, tombstone(mostTombstones - day)]),
    );
    assert.deepEqual(tooMany(kept, 0), []);
    assert.deepEqual(tooMany(kept, 1), [`A${mostTombstones - 1}`]);
  });

  it("fit into a Secret", () => {
    const bytes = Buffer.byteLength(
      JSON.stringify({
        account: "tenant-".padEnd(50, "x"),
        deleteJwt: "e".repeat(600),
        deletedAt: tombstone(1).deletedAt,
      }),
    );
    assert.ok(mostTombstones * (bytes + 56) < 1024 * 1024);
  });
});
