import assert from "node:assert/strict";
import { Retries } from "../../../../services/account-sync/retries";

/** Half of the range is no jitter at all. */
const steady = () => 0.5;

describe("retries", () => {
  it("wait twice as long each time, 5 seconds at most", () => {
    const retries = new Retries(steady);
    const waits = Array.from({ length: 8 }, () => {
      retries.failed("a", 0);
      return retries.next();
    });
    assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it("start anew after a success", () => {
    const retries = new Retries(steady);
    retries.failed("a", 0);
    retries.failed("a", 0);
    retries.succeeded("a");
    assert.equal(retries.next(), undefined);
    retries.failed("a", 1_000);
    assert.equal(retries.next(), 1_250);
  });

  it("are due in the order they became so", () => {
    const retries = new Retries(steady);
    retries.failed("later", 100);
    retries.failed("first", 0);
    retries.failed("not yet", 5_000);
    assert.deepEqual(retries.due(400), ["first", "later"]);
  });

  it("differ by up to a quarter, so that many do not come back at once", () => {
    const earliest = new Retries(() => 0);
    const latest = new Retries(() => 1);
    earliest.failed("a", 0);
    latest.failed("a", 0);
    assert.deepEqual([earliest.next(), latest.next()], [187.5, 312.5]);
  });
});
