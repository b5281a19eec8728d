import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { sideBySide } from "../../../../bench/tenants/side-by-side";

const never = new AbortController().signal;

describe("bench/tenants/side-by-side", () => {
  it("does everything once, no more than so many at a time", async () => {
    const done: number[] = [];
    let [now, most] = [0, 0];
    await sideBySide([1, 2, 3, 4, 5], 2, never, async (item) => {
      most = Math.max(most, ++now);
      await delay(1);
      now--;
      done.push(item);
    });
    assert.deepEqual([done.sort(), most], [[1, 2, 3, 4, 5], 2]);
  });

  it("ends with the first failure once the others have been told to end, and have ended", async () => {
    const told: string[] = [];
    const work = async (item: number, signal: AbortSignal) => {
      if (item === 1) throw new Error("no room");
      await delay(60_000, undefined, { signal }).catch(() => told.push(`${item} ends`));
      throw signal.reason;
    };
    await assert.rejects(sideBySide([2, 1, 3, 4], 2, never, work), /^Error: no room$/);
    assert.deepEqual(told, ["2 ends"]);
  });

  it("ends with the reason it is told to end for", async () => {
    const abort = new AbortController();
    const work = () => {
      abort.abort(new Error("interrupted"));
      return Promise.resolve();
    };
    await assert.rejects(sideBySide([1, 2], 1, abort.signal, work), /^Error: interrupted$/);
  });
});
