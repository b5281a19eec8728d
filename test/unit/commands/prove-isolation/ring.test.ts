import assert from "node:assert/strict";
import { isComplete, mostNeighbours, neighbours } from "../../../../commands/prove-isolation/ring";

const ring = (length: number) => Array.from({ length }, (_, index) => index);

describe("neighbours", () => {
  it("are all others while they are few", () => {
    assert.deepEqual(neighbours(ring(1), 0), []);
    assert.deepEqual(neighbours(ring(3), 1), [2, 0]);
    assert.deepEqual(neighbours(ring(5), 4), [0, 1, 2, 3]);
    assert.ok(isComplete(5));
  });

  it("are the next ones when there are many, so that each is somebody's as often as it has some", () => {
    assert.ok(!isComplete(6));
    assert.deepEqual(neighbours(ring(8), 6), [7, 0, 1, 2]);
    const times = new Map<number, number>();
    for (const index of ring(8))
      for (const other of neighbours(ring(8), index)) times.set(other, (times.get(other) ?? 0) + 1);
    assert.deepEqual(new Set(times.values()), new Set([mostNeighbours]));
  });
});
