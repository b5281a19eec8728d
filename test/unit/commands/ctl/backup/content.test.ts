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

  const expiry = { maxAge: 100 * second, ownTtl: false };

  it("lacks only what has expired if it lacks nothing younger than the maximum age", () => {
    const saved = contentOf([slice(0, 10), slice(1, 10)]);
    const without = contentOf([slice(0, 0), slice(1, 10)]);
    assert.equal(expiredSince(saved, without, expiry, 11, 109_000), 10);
    assert.equal(expiredSince(saved, without, expiry, 11, 108_000), undefined, "the last one is too young");
    assert.equal(expiredSince(saved, without, { ...expiry, maxAge: 0 }, 11, 109_000), undefined, "nothing expires");
    const partly = contentOf([slice(0, 4), slice(1, 10)]);
    assert.equal(expiredSince(saved, partly, expiry, 7, 101_000), 6);
    assert.equal(expiredSince(saved, partly, expiry, 7, 99_000), undefined, "none is old enough");
    const other = contentOf([slice(0, 10, "other"), slice(1, 10)]);
    assert.equal(expiredSince(saved, other, expiry, 1, 500_000), undefined, "as many, but others");
    assert.equal(expiredSince(saved, contentOf([slice(0, 0), slice(1, 0)]), expiry, 21, 500_000), 20, "all");
  });

  it("lacks more than what has expired if a message is missing after the first that is there", () => {
    const saved = contentOf([slice(0, 10), slice(1, 10)]);
    const gap = contentOf([slice(0, 4), slice(1, 10)]);
    assert.equal(expiredSince(saved, gap, expiry, 6, 500_000), undefined, "in the slice of the first");
    const later = contentOf([slice(0, 4), slice(1, 9)]);
    assert.equal(expiredSince(saved, later, expiry, 7, 500_000), undefined, "in a later one");
    assert.equal(expiredSince(saved, later, { ...expiry, ownTtl: true }, 7, 500_000), 7, "those may go in any order");
  });

  it("is over age in slices whose last message is", () => {
    const saved = contentOf([slice(0, 10), slice(1, 7)]);
    assert.equal(overAge(saved, 100 * second, 109_000), 10);
    assert.equal(overAge(saved, 100 * second, 119_000), 17);
    assert.equal(overAge(saved, 0, 119_000), 0);
  });
});
