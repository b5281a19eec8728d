import assert from "node:assert/strict";
import { compare, type Series } from "../../../bench/comparison";

/** A series that misses nothing; each test changes one thing. */
function series(changes: Partial<Series> = {}): Series {
  return { name: "figure", unit: "s", ours: [10, 12, 11], peer: { name: "peer", values: [10, 10, 10] }, ...changes };
}

describe("bench/comparison", () => {
  it("sums up both sides and their ratio, pair by pair", () => {
    const { ours, peer, ratio } = compare(series({ ours: [10, 40], peer: { name: "peer", values: [20, 10] } }));
    assert.equal(ours.median, 25);
    assert.deepEqual(peer, { name: "peer", min: 10, median: 15, max: 20, runs: 2 });
    assert.deepEqual(ratio, { min: 0.5, median: 2.25, max: 4, runs: 2 });
  });

  it("has neither peer nor ratio when no peer was measured", () => {
    for (const peer of [undefined, { name: "peer", values: [] }]) {
      const comparison = compare(series({ peer, target: { ratio: 1.3 } }));
      assert.deepEqual(Object.keys(comparison).sort(), ["name", "ours", "unit"]);
    }
  });

  it("holds the median against a value: at most for times and memory", () => {
    for (const unit of ["s", "ms", "MiB"] as const) {
      assert.equal(compare(series({ unit, target: { value: 11 } })).verdict, "met");
      assert.equal(compare(series({ unit, target: { value: 10.9 } })).verdict, "missed");
    }
  });

  it("holds the median against a value: at least for rates", () => {
    assert.equal(compare(series({ unit: "msg/s", target: { value: 11 } })).verdict, "met");
    assert.equal(compare(series({ unit: "msg/s", target: { value: 11.1 } })).verdict, "missed");
  });

  it("holds the median ratio against a multiple of the peer", () => {
    assert.equal(compare(series({ target: { ratio: 1.1 } })).verdict, "met");
    assert.equal(compare(series({ target: { ratio: 0.9 } })).verdict, "missed");
    assert.equal(compare(series({ unit: "op/s", target: { ratio: 1 } })).verdict, "met");
    assert.equal(compare(series({ unit: "op/s", target: { ratio: 1.3 } })).verdict, "missed");
  });

  it("says that a ratio is within noise when the median misses and some pair does not", () => {
    const rates = { unit: "msg/s", ours: [9, 9, 11], target: { ratio: 1 } } as const;
    assert.equal(compare(series(rates)).verdict, "within noise");
    assert.equal(compare(series({ ...rates, ours: [9, 9, 9.9] })).verdict, "missed");
    assert.equal(compare(series({ ...rates, unit: "ms", ours: [11, 11, 9] })).verdict, "within noise");
  });

  it("is not said to meet a target when there is none", () => {
    assert.equal(compare(series()).verdict, undefined);
  });
});
