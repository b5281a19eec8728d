import assert from "node:assert/strict";
import { FailureLimiter } from "../../../../services/auth-callout/limiter";

describe("clients that fail", () => {
  let clock: number;
  let limiter: FailureLimiter;
  beforeEach(() => {
    clock = 5_000;
    limiter = new FailureLimiter(() => clock);
  });
  const fail = (times: number, client = "10.0.0.1") => Array.from({ length: times }, () => limiter.failed(client));

  it("are blocked at their tenth failure within ten seconds, which is said once", () => {
    assert.equal(limiter.isBlocked("10.0.0.1"), false);
    assert.deepEqual(fail(9), Array(9).fill(false));
    assert.equal(limiter.isBlocked("10.0.0.1"), false);
    assert.deepEqual(fail(1), [true]);
    assert.equal(limiter.isBlocked("10.0.0.1"), true);
    assert.deepEqual(fail(3), [false, false, false]);
  });

  it("are heard again when the window ends, which more failures do not lengthen", () => {
    fail(10);
    clock += 9_999;
    fail(5);
    assert.equal(limiter.isBlocked("10.0.0.1"), true);
    clock += 1;
    assert.equal(limiter.isBlocked("10.0.0.1"), false);
    assert.equal(limiter.size, 0);
    assert.deepEqual(fail(10), [...Array(9).fill(false), true]);
  });

  it("are counted each by themselves", () => {
    fail(10);
    fail(9, "10.0.0.2");
    assert.deepEqual([limiter.isBlocked("10.0.0.1"), limiter.isBlocked("10.0.0.2")], [true, false]);
    assert.equal(limiter.size, 2);
  });

  it("are 10,000 at most; the one that failed first is forgotten first", () => {
    fail(10, "first");
    fail(10, "second");
    for (let i = 0; i < 9_998; i++) limiter.failed(`client ${i}`);
    assert.deepEqual([limiter.size, limiter.isBlocked("first")], [10_000, true]);
    fail(1, "second");
    assert.equal(limiter.size, 10_000);
    limiter.failed("one more");
    assert.equal(limiter.size, 10_000);
    assert.deepEqual([limiter.isBlocked("first"), limiter.isBlocked("second")], [false, true]);
  });
});
