import assert from "node:assert/strict";
import type { AccountStatus } from "../../../../services/account-sync/status";
import { describe as describeAnswer, isActive } from "../../../../services/account-sync/wait/verdict";

const status = (changes: Partial<AccountStatus> = {}) => ({
  status: { account: "tenant-acme", digest: "good", active: true, deleting: false, servers: [], ...changes },
});

describe("the program that waits for an account", () => {
  it("waits for the version it was told, not for the one before", () => {
    assert.equal(isActive(status(), "good"), true);
    assert.equal(isActive(status(), "next"), false);
    assert.equal(isActive(status({ active: false }), "good"), false);
    assert.equal(isActive({ reason: "it answers 404" }, "good"), false);
  });

  it("says which server holds what, the trouble first", () => {
    const servers = [
      { server: "nats-0", state: "current" },
      { server: "nats-acme-1-7d9", state: "unreachable", detail: "connection refused" },
      { server: "nats-1", state: "outdated", detail: "holds the JWT of 2026-01-01T00:00:00.000Z" },
    ] as const;
    assert.equal(
      describeAnswer(status({ active: false, servers }), "good"),
      [
        "account tenant-acme",
        "nats-1           outdated     holds the JWT of 2026-01-01T00:00:00.000Z",
        "nats-acme-1-7d9  unreachable  connection refused",
        "nats-0           current",
      ].join("\n"),
    );
  });

  it("says what else keeps it", () => {
    assert.match(describeAnswer(status({ problem: "garbage" }), "good"), /its Secret: garbage/);
    assert.match(describeAnswer(status({ deleting: true }), "good"), /being deleted/);
    assert.match(describeAnswer(status(), "next"), /has not seen the Secret as it is now/);
    assert.match(describeAnswer(status(), "good"), /knows no server/);
    assert.equal(describeAnswer({ reason: "it answers 404" }, "good"), "account-sync gives no status: it answers 404");
  });
});
