import assert from "node:assert/strict";
import { newKey, TestOperator } from "../../../../local/world/identity";
import type { DesiredAccount } from "../../../../services/account-sync/desired";
import { attribute, type Copy, isStale, judge, readCopy, remains } from "../../../../services/account-sync/holding";
import { digestOf, readAccountJwt, readTrust } from "../../../../services/account-sync/trust";

const operator = new TestOperator();
const trust = readTrust(operator.jwt);
const account = operator.account("tenant-acme");
const desired: DesiredAccount = {
  ...readAccountJwt(account.jwt({ issuedAt: 1_700_000_100 }), trust),
  account: "tenant-acme",
};
const older = readCopy(account.jwt({ issuedAt: 1_700_000_000 }), desired, trust);
const newer = readCopy(account.jwt({ issuedAt: 1_700_000_200 }), desired, trust);
const strange = readCopy(account.jwt({ issuedAt: 1_700_000_200, signer: newKey("operator") }), desired, trust);
const current = readCopy(desired.text, desired, trust);
const none: Copy = { kind: "none" };

const seen = (copy: Copy, rest: object = {}) => judge(desired, { copy, seenAt: 0, ...rest });

describe("readCopy", () => {
  it("knows the issue time of a JWT the operator trusts, and of no other", () => {
    assert.deepEqual(older, {
      kind: "jwt",
      digest: digestOf(account.jwt({ issuedAt: 1_700_000_000 })),
      issuedAt: 1_700_000_000,
    });
    assert.equal("issuedAt" in strange, false);
    assert.deepEqual(readCopy("garbage", desired, trust), { kind: "jwt", digest: digestOf("garbage") });
  });

  it("takes an empty answer for no copy", () => {
    assert.deepEqual(readCopy("", desired, trust), none);
  });
});

describe("judge", () => {
  it("is content with the very JWT, unused or in force", () => {
    assert.deepEqual(seen(current), { state: "current" });
    const memory = { digest: desired.digest, expired: false, connections: 3 };
    assert.deepEqual(seen(current, { memory }), { state: "current" });
  });

  it("tells missing from outdated", () => {
    assert.deepEqual(seen(none), { state: "missing" });
    assert.deepEqual(seen(older), { state: "outdated", detail: "holds the JWT of 2023-11-14T22:13:20.000Z" });
  });

  it("says what to do about a newer one", () => {
    assert.match(
      seen(newer).detail ?? "",
      /newer JWT, of 2023-11-14T22:16:40.000Z; the Secret's is of 2023-11-14T22:15:00.000Z.*issue the account anew/,
    );
  });

  it("says so of a stranger's", () => {
    assert.match(seen(strange).detail ?? "", /a JWT the operator does not trust/);
  });

  it("is not content with a store that the server does not work by", () => {
    const dead = { digest: desired.digest, expired: true, connections: 0 };
    assert.match(seen(current, { memory: dead }).detail ?? "", /lets nobody in/);
    const stale = { digest: "other", expired: false, connections: 0 };
    assert.match(seen(current, { memory: stale }).detail ?? "", /another version/);
  });

  it("passes on why a server refused", () => {
    assert.deepEqual(seen(none, { failure: "jwt store is full" }), {
      state: "missing",
      detail: "it refused ours: jwt store is full",
    });
  });
});

describe("isStale", () => {
  it("does not take silence about the version for another version", () => {
    assert.equal(isStale({ expired: false, connections: 1 }, desired), false);
    assert.equal(isStale(undefined, desired), false);
  });
});

describe("remains", () => {
  const left = (copy: Copy, memory?: object) => remains({ copy, seenAt: 0, ...(memory ? { memory } : {}) } as never);

  it("is nothing when neither store nor memory has the account", () => {
    assert.equal(left(none), undefined);
    assert.equal(left(none, { expired: true, connections: 0 }), undefined);
  });

  it("names what is left", () => {
    assert.equal(left(current), "still stores it");
    assert.equal(left(none, { expired: false, connections: 0 }), "still lets its users in");
    assert.equal(left(none, { expired: true, connections: 2 }), "still has 2 connections of it");
    assert.equal(remains({ copy: current, failure: "not trusted", seenAt: 0 }), "refuses to delete it: not trusted");
    assert.equal(left({ kind: "unclear", detail: "who knows" }), "who knows");
  });
});

describe("attribute", () => {
  const members = ["S1", "S2", "S3"];
  const lists = (...with_: string[]) => new Map(members.map((server) => [server, with_.includes(server)]));
  const kinds = (copies: Map<string, Copy>) => members.map((server) => copies.get(server)?.kind);

  it("gives everybody the same when all answered the same", () => {
    const copies = attribute(members, [current, current, current]);
    assert.deepEqual([...copies.values()], [current, current, current]);
  });

  it("does not guess when somebody has not answered", () => {
    const copies = attribute(members, [current, current]);
    assert.deepEqual(kinds(copies), ["unclear", "unclear", "unclear"]);
    assert.match(JSON.stringify(copies.get("S1")), /2 of 3 servers/);
  });

  it("tells by the lists who has none", () => {
    const copies = attribute(members, [none, current, current], lists("S1", "S3"));
    assert.deepEqual(
      members.map((server) => copies.get(server)),
      [current, none, current],
    );
  });

  it("does not guess whose is whose among different versions", () => {
    assert.deepEqual(kinds(attribute(members, [older, current, current], lists(...members))), [
      "unclear",
      "unclear",
      "unclear",
    ]);
    assert.deepEqual(kinds(attribute(members, [older, current, none], lists("S1", "S2"))), [
      "unclear",
      "unclear",
      "none",
    ]);
  });

  it("does not go by lists that do not fit the answers", () => {
    assert.deepEqual(kinds(attribute(members, [none, none, current], lists("S1", "S2"))), [
      "unclear",
      "unclear",
      "unclear",
    ]);
    assert.deepEqual(kinds(attribute(members, [none, current, current])), ["unclear", "unclear", "unclear"]);
  });
});
