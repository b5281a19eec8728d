import assert from "node:assert/strict";
import { pairedRatios, percentile, summarize } from "../../../bench/statistics";

describe("bench/statistics", () => {
  it("finds the middle of an odd number of measurements, in whatever order they come", () => {
    assert.deepEqual(summarize([9, 1, 4]), { min: 1, median: 4, max: 9, runs: 3 });
  });

  it("takes the mean of the two in the middle of an even number", () => {
    assert.deepEqual(summarize([10, 1, 4, 2]), { min: 1, median: 3, max: 10, runs: 4 });
  });

  it("sorts by value, not by text", () => {
    assert.deepEqual(summarize([100, 9, 20]), { min: 9, median: 20, max: 100, runs: 3 });
  });

  it("sums up a single measurement as itself", () => {
    assert.deepEqual(summarize([7]), { min: 7, median: 7, max: 7, runs: 1 });
  });

  it("leaves the series as it is", () => {
    const series = [3, 1, 2];
    summarize(series);
    assert.deepEqual(series, [3, 1, 2]);
  });

  it("refuses an empty series and what is no number", () => {
    assert.throws(() => summarize([]), /no measurement/);
    assert.throws(() => summarize([1, Number.NaN]), /NaN is no measurement/);
    assert.throws(() => percentile([Number.POSITIVE_INFINITY], 50), /Infinity is no measurement/);
  });

  it("finds percentiles by nearest rank", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(
      [0, 1, 50, 99, 99.5, 100].map((percent) => percentile(hundred, percent)),
      [1, 1, 50, 99, 100, 100],
    );
  });

  it("divides pair by pair", () => {
    assert.deepEqual(pairedRatios([2, 9], [4, 3]), [0.5, 3]);
    assert.throws(() => pairedRatios([1, 2], [1]), /2 measurements of ours and 1 of the peer/);
  });
});
