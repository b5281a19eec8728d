import assert from "node:assert/strict";
import type { AccountRecord } from "../../../../services/account-sync/account-record";
import type { DesiredAccount } from "../../../../services/account-sync/desired";
import type { Holding } from "../../../../services/account-sync/holding";
import { accountStatus, count, type ServerView, waitsFor } from "../../../../services/account-sync/status";

const desired: DesiredAccount = {
  id: "A",
  name: "tenant-acme",
  account: "tenant-acme",
  tenant: "acme",
  text: "jwt",
  digest: "good",
  issuedAt: 1_700_000_000,
};
const record: AccountRecord = {
  account: "tenant-acme",
  secret: "secret",
  uid: "uid",
  id: "A",
  tenant: "acme",
  createdAt: 0,
  deleting: false,
  finalizer: 0,
};
const server = (name: string, changes: Partial<ServerView> = {}): ServerView => ({
  uid: name,
  name,
  ip: "10.0.0.1",
  phase: "Running",
  terminating: false,
  ...changes,
});
const good: Holding = { copy: { kind: "jwt", digest: "good", issuedAt: 1 }, seenAt: 100 };
const none: Holding = { copy: { kind: "none" }, seenAt: 100 };
const down = { since: 0, reason: "connection refused" };
const fleet = [
  server("nats-0"),
  server("nats-1"),
  server("nats-acme-1", { tenant: "acme" }),
  server("nats-globex-1", { tenant: "globex" }),
];

const status = (servers: ServerView[], held: Record<string, Holding>, wanted: DesiredAccount | undefined = desired) =>
  accountStatus(record, wanted, undefined, servers, (uid) => held[uid]);

describe("accountStatus", () => {
  const everywhere = { "nats-0": good, "nats-1": good, "nats-acme-1": good };

  it("is active when all of the platform's servers and of the tenant's instances have the account", () => {
    assert.deepEqual(status(fleet, everywhere), {
      account: "tenant-acme",
      id: "A",
      issuedAt: "2023-11-14T22:13:20.000Z",
      digest: "good",
      active: true,
      deleting: false,
      problem: undefined,
      servers: ["nats-0", "nats-1", "nats-acme-1"].map((name) => ({ server: name, state: "current" })),
    });
  });

  it("does not answer for a server that was not asked, or does not answer", () => {
    const { active, servers } = status([server("nats-0", { down }), server("nats-1")], { "nats-0": good });
    assert.equal(active, false);
    assert.deepEqual(servers, [
      { server: "nats-0", state: "unreachable", detail: "connection refused" },
      { server: "nats-1", state: "unreachable", detail: "not asked yet" },
    ]);
  });

  it("says of a pod without an address what it is doing", () => {
    const pending = server("nats-0", { ip: undefined, phase: "Pending", down });
    assert.equal(status([pending], {}).servers[0]?.detail, "its pod has no address; it is Pending");
  });

  it("does not count a server that is shutting down and no longer answers", () => {
    const gone = server("nats-acme-2", { tenant: "acme", terminating: true, down });
    assert.equal(status([...fleet, gone], everywhere).active, true);
    assert.equal(status([...fleet, { ...gone, down: undefined }], everywhere).active, false);
  });

  it("is not active when there is no server of the platform at all", () => {
    assert.equal(status([server("nats-acme-1", { tenant: "acme" })], everywhere).active, false);
    assert.equal(status([], {}).active, false);
  });

  it("is not active while the Secret is unsound, whatever servers hold", () => {
    const { active, problem, servers } = accountStatus(record, undefined, "garbage", fleet, () => good);
    assert.deepEqual([active, problem], [false, "garbage"]);
    assert.deepEqual(servers[0], { server: "nats-0", state: "outdated", detail: "keeps what it holds" });
  });

  it("says of an account that is being deleted what is left of it", () => {
    const deleting = { ...record, deleting: true };
    const { servers } = accountStatus(deleting, undefined, undefined, fleet, (uid) => (uid === "nats-0" ? good : none));
    assert.deepEqual(servers.slice(0, 2), [
      { server: "nats-0", state: "outdated", detail: "still stores it" },
      { server: "nats-1", state: "missing" },
    ]);
  });
});

describe("waitsFor", () => {
  const waits = (servers: ServerView[], held: Record<string, Holding>, { since = 50, now = 1_000 } = {}) =>
    waitsFor("acme", servers, (uid) => held[uid], since, now);

  it("waits for no one when all were seen without it", () => {
    assert.deepEqual(waits(fleet, { "nats-0": none, "nats-1": none, "nats-acme-1": none }), []);
  });

  it("waits for those that have it, have connections of it, or were asked before the deletion", () => {
    const connected: Holding = { ...none, memory: { expired: true, connections: 2 } };
    const held = { "nats-0": good, "nats-1": connected, "nats-acme-1": { ...none, seenAt: 10 } };
    assert.deepEqual(waits(fleet, held), [
      "nats-0 still stores it",
      "nats-1 still has 2 connections of it",
      "nats-acme-1 has not been asked yet",
    ]);
  });

  it("waits for another tenant's instance when that has it", () => {
    const held = { "nats-0": none, "nats-1": none, "nats-acme-1": none, "nats-globex-1": good };
    assert.deepEqual(waits(fleet, held), ["nats-globex-1 still stores it"]);
  });

  it("waits ten seconds for a server that does not answer, and then no longer", () => {
    const servers = [server("nats-0"), server("nats-1", { down: { since: 0, reason: "" } })];
    assert.deepEqual(waits(servers, { "nats-0": none }, { now: 9_999 }), ["nats-1 does not answer"]);
    assert.deepEqual(waits(servers, { "nats-0": none }, { now: 10_000 }), []);
  });

  it("concludes nothing while no server of the platform answers", () => {
    const servers = [server("nats-0", { down }), server("nats-acme-1", { tenant: "acme" })];
    assert.deepEqual(waits(servers, { "nats-acme-1": none }, { now: 99_999 }), ["no server of the platform answers"]);
  });
});

describe("count", () => {
  it("counts accounts by state, and pairs that are not as they should be", () => {
    const statuses = [
      status(fleet, { "nats-0": good, "nats-1": good, "nats-acme-1": good }),
      status(fleet, { "nats-0": none, "nats-1": good }),
      accountStatus({ ...record, deleting: true }, undefined, undefined, fleet, (uid) =>
        uid === "nats-0" ? good : none,
      ),
      accountStatus(record, undefined, "garbage", [], () => undefined),
    ];
    assert.deepEqual(count(statuses), {
      accounts: { active: 1, pending: 1, invalid: 1, deleting: 1 },
      drift: { outdated: 1, missing: 1, unreachable: 1 },
    });
  });
});
