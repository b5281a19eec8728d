import assert from "node:assert/strict";
import { type AccountSyncRun, accountSyncComparisons } from "../../../../bench/account-sync/figures";

const run: AccountSyncRun = {
  push: 5,
  peerPush: 2.5,
  commandLine: 0.05,
  revocations: Array.from({ length: 100 }, (_, index) => index + 1),
  peerRevocations: Array.from({ length: 100 }, () => 10),
  memory: { without: 100, leader: 160, follower: 150 },
};

describe("bench/account-sync/figures", () => {
  it("has both sides of each figure in its unit", () => {
    const rows = accountSyncComparisons([run], 1_000).map(({ unit, ours, peer }) => [unit, ours.median, peer?.median]);
    assert.deepEqual(rows, [
      ["s", 5, 2.5],
      ["ms", 5, 50],
      ["ms", 50, 10],
      ["ms", 99, 10],
      ["MiB", 100, undefined],
      ["MiB", 160, undefined],
      ["MiB", 150, undefined],
    ]);
  });

  it("holds the accounts against 20 s, a revocation's p99 against 2 s, and memory against the pod's limit", () => {
    const slow = { ...run, push: 21, revocations: [2_001], memory: { ...run.memory, leader: 513 } };
    const verdicts = (measured: AccountSyncRun) =>
      accountSyncComparisons([measured], 1_000).flatMap(({ verdict }) => verdict ?? []);
    assert.deepEqual(verdicts(run), ["met", "met", "met"]);
    assert.deepEqual(verdicts(slow), ["missed", "missed", "missed"]);
  });
});
