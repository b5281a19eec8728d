import assert from "node:assert/strict";
import {
  claim,
  claimableIn,
  giveUpMs,
  type LeaseRecord,
  leaseSeconds,
  release,
  renewMs,
} from "../../../../services/account-sync/kubernetes/lease-record";

const record = (changes: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder: "a",
  durationSeconds: 6,
  transitions: 3,
  acquiredAt: 1,
  renewedAt: 2,
  ...changes,
});
const seen = (changes: Partial<LeaseRecord> = {}) => ({ record: record(changes), seenAt: 1_000 });

describe("the lease", () => {
  it("is whose who comes first", () => {
    assert.deepEqual(claim("a", undefined, 50), {
      holder: "a",
      durationSeconds: leaseSeconds,
      transitions: 0,
      acquiredAt: 50,
      renewedAt: 50,
    });
  });

  it("is renewed by its holder", () => {
    const { renewedAt, acquiredAt, transitions } = claim("a", seen(), 5_000) ?? record();
    assert.deepEqual([renewedAt, acquiredAt, transitions], [5_000, 1, 3]);
  });

  it("is left to its holder until it has not changed before our own eyes for as long as it is good", () => {
    assert.equal(claim("b", seen(), 6_999), undefined);
    assert.equal(claim("b", seen(), 7_000)?.holder, "b");
    assert.equal(claim("b", seen(), 7_000)?.transitions, 4);
  });

  it("tells a candidate when to come back", () => {
    assert.equal(claimableIn(seen(), 3_000), 4_000);
    assert.equal(claimableIn(seen(), 8_000), 0);
    assert.equal(claimableIn(seen({ holder: "" }), 3_000), 0);
    assert.equal(claimableIn(undefined, 3_000), 0);
  });

  it("is anybody's once it is released", () => {
    const free = release(record(), 4_000);
    assert.equal(free.holder, "");
    assert.equal(claim("b", { record: free, seenAt: 4_000 }, 4_000)?.holder, "b");
  });

  it("is given up by a leader that cannot renew it before anybody else may take it", () => {
    assert.ok(giveUpMs < leaseSeconds * 1000);
    assert.ok(2 * renewMs < giveUpMs);
  });
});
