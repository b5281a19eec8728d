import assert from "node:assert/strict";
import { contentDifference, expiredSince, overAge } from "../../../../../commands/ctl/backup/compare";
import { contentOf, type Slice, sliceBounds } from "../../../../../commands/ctl/backup/content";

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
const slice = (index: number, messages: number, sha256 = `digest ${index} ${messages}`): Slice => ({
  first: index * 10 + 1,
  last: index * 10 + 10,
  messages,
  ...(messages > 0 ? { oldest: at(index * 10), newest: at(index * 10 + 9) } : {}),
  sha256,
});
const second = 1e9;

describe("content of a stream", () => {
  it("is read in slices that cover every sequence once, at most 32", () => {
    for (const [first, last] of [
      [1, 1],
      [1, 500],
      [1, 501],
      [7, 16_006],
      [5, 16_005],
      [1, 100_000],
      [3, 1_000_003],
    ] as const) {
      const bounds = sliceBounds(first, last);
      assert.ok(bounds.length <= 32);
      assert.equal(bounds[0]?.first, first);
      assert.equal(bounds.at(-1)?.last, last);
      for (const [index, { first: from }] of bounds.entries()) {
        if (index > 0) assert.equal(from, (bounds[index - 1]?.last ?? 0) + 1);
      }
    }
    assert.deepEqual(sliceBounds(11, 10), []);
  });

  it("is the same if every slice is", () => {
    const saved = contentOf([slice(0, 10), slice(1, 10)]);
    assert.equal(contentDifference(saved, contentOf([slice(0, 10), slice(1, 10)])), undefined);
    assert.equal(
      contentDifference(saved, contentOf([slice(0, 10), slice(1, 9)])),
      "19 messages, not 20; they differ in sequences 11 to 20",
    );
    assert.equal(
      contentDifference(saved, contentOf([slice(0, 10, "other"), slice(1, 10)])),
      "20 messages, not all the same; they differ in sequences 1 to 10",
    );
  });

  it("lacks only what has expired if it lacks nothing younger than the maximum age", () => {
    const saved = contentOf([slice(0, 10), slice(1, 10)]);
    const without = contentOf([slice(0, 0), slice(1, 10)]);
    assert.equal(expiredSince(saved, without, 100 * second, 109_000), 10);
    assert.equal(expiredSince(saved, without, 100 * second, 108_000), undefined, "the last one is too young");
    assert.equal(expiredSince(saved, without, 0, 109_000), undefined, "nothing expires");
    const partly = contentOf([slice(0, 4), slice(1, 10)]);
    assert.equal(expiredSince(saved, partly, 100 * second, 101_000), 6);
    assert.equal(expiredSince(saved, partly, 100 * second, 99_000), undefined, "none is old enough");
    const other = contentOf([slice(0, 10, "other"), slice(1, 10)]);
    assert.equal(expiredSince(saved, other, 100 * second, 500_000), undefined, "as many, but others");
  });

  it("is over age in slices whose last message is", () => {
    const saved = contentOf([slice(0, 10), slice(1, 7)]);
    assert.equal(overAge(saved, 100 * second, 109_000), 10);
    assert.equal(overAge(saved, 100 * second, 119_000), 17);
    assert.equal(overAge(saved, 0, 119_000), 0);
  });
});
