import assert from "node:assert/strict";
import { closedLoad, pacedLoad } from "../../../../bench/apps/load";

describe("bench/apps/load", () => {
  it("does everything once, no more than so many at a time", async () => {
    let running = 0;
    let most = 0;
    const task = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return 2;
    };
    const { times, perSecond } = await closedLoad(Array(20).fill(task), 5, 60_000);
    assert.deepEqual(times, Array(20).fill(2));
    assert.equal(most, 5);
    assert.ok(Number.isFinite(perSecond) && perSecond > 0, String(perSecond));
  });

  it("begins nothing more when time is over", async () => {
    const { times } = await closedLoad(
      Array(20).fill(async () => 1),
      3,
      0,
    );
    assert.equal(times.length, 3);
  });

  it("begins at a steady pace, whatever has not ended", async () => {
    let ended = 0;
    const begun: number[] = [];
    const task = async () => {
      begun.push(ended);
      await new Promise((resolve) => setTimeout(resolve, 200));
      ended += 1;
      return 200;
    };
    const { times } = await pacedLoad(Array(5).fill(task), 100);
    assert.deepEqual(begun, [0, 0, 0, 0, 0]);
    assert.equal(times.length, 5);
  });
});
