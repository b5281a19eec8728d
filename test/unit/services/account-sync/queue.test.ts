import assert from "node:assert/strict";
import { chunkSize, Queue } from "../../../../services/account-sync/queue";

const steady = () => 0.5;
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe("the queue of accounts", () => {
  it("takes changed ones first, then those to try again, then new ones, then the rest", () => {
    const queue = new Queue(steady);
    queue.addRest(["rest"]);
    queue.add("new", true);
    queue.settled("failed", false, 0);
    queue.add("changed", false);
    assert.deepEqual(queue.take(1_000), ["changed"]);
    assert.deepEqual(queue.take(1_000), ["failed"]);
    queue.settled("failed", true, 1_000);
    assert.deepEqual(queue.take(1_000), ["new"]);
    assert.deepEqual(queue.take(1_000), ["rest"]);
    assert.deepEqual(queue.take(1_000), []);
  });

  it("takes the last change first, and no more than a chunk at a time", () => {
    const queue = new Queue(steady);
    for (const account of names("a", chunkSize + 20)) queue.add(account, false);
    queue.add("a0", false);
    const first = queue.take(0);
    assert.equal(first.length, chunkSize);
    assert.ok(first.includes("a0"), "changed again, so it is the last");
    assert.ok(!first.includes("a1"));
    assert.equal(queue.take(0).length, 20);
  });

  it("leaves those that failed until they are due", () => {
    const queue = new Queue(steady);
    queue.settled("failed", false, 0);
    assert.equal(queue.next(), 250);
    assert.deepEqual(queue.take(249), []);
    assert.deepEqual(queue.take(250), ["failed"]);
  });

  it("forgets what was left of a look at everything when there is a new one", () => {
    const queue = new Queue(steady);
    queue.addRest(names("old", 3));
    queue.addRest(["new"]);
    assert.deepEqual(queue.take(0), ["new"]);
  });
});
