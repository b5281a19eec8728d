import assert from "node:assert/strict";
import type { DesiredAccount, Removal } from "../../../../services/account-sync/desired";
import type { Copy, Memory } from "../../../../services/account-sync/holding";
import { clusters, planAccount, planRemoval } from "../../../../services/account-sync/plan";

const desired: DesiredAccount = { id: "A", name: "a", account: "a", text: "jwt", digest: "good", issuedAt: 100 };
const removal: Removal = { id: "A", account: "a", deleteJwt: "order", buried: false };
const jwt = (digest: string, issuedAt?: number): Copy => ({ kind: "jwt", digest, issuedAt });
const good = jwt("good", 100);
const none: Copy = { kind: "none" };
const memory = (changes: Partial<Memory> = {}): Memory => ({
  digest: "good",
  expired: false,
  connections: 0,
  ...changes,
});
const seen = (copies: Copy[], ...memories: Memory[]) => ({
  copies,
  memories: new Map(memories.map((one, index) => [`S${index}`, one])),
});

describe("planAccount", () => {
  const plan = (copies: Copy[], memories: Memory[] = [], tried = false) =>
    planAccount(desired, seen(copies, ...memories), tried);

  it("does nothing when all is well", () => {
    assert.equal(plan([good, good, good], [memory()]), "none");
  });

  it("pushes what is missing, older, or a stranger's", () => {
    assert.equal(plan([good, none, good]), "push");
    assert.equal(plan([jwt("old", 50), good, good]), "push");
    assert.equal(plan([jwt("strange"), good, good]), "push");
  });

  it("never overwrites a newer one of the operator, on whichever server it is", () => {
    assert.equal(plan([none, none, jwt("new", 101)]), "none");
    assert.equal(plan([none, none, jwt("new", 101)], [], true), "none");
  });

  it("rewrites what a server did not take for a change", () => {
    assert.equal(plan([good, none, good], [], true), "rewrite");
  });

  it("rewrites at once what is stored but dead or stale in memory: a push would be no change", () => {
    assert.equal(plan([good], [memory({ expired: true })]), "rewrite");
    assert.equal(plan([good], [memory({ digest: "old" })]), "rewrite");
  });
});

describe("planRemoval", () => {
  const plan = (copies: Copy[], memories: Memory[] = [], tried = false) =>
    planRemoval(removal, seen(copies, ...memories), tried);

  it("does nothing when it is gone", () => {
    assert.equal(plan([none, none], [memory({ expired: true })]), "none");
  });

  it("deletes what is stored or still in force", () => {
    assert.equal(plan([none, good]), "delete");
    assert.equal(plan([none, none], [memory()]), "delete");
  });

  it("revives what is still in force after that", () => {
    assert.equal(plan([none, none], [memory()], true), "revive");
  });

  it("kicks connections that outlive the account", () => {
    assert.equal(plan([none], [memory({ expired: true, connections: 1 })]), "kick");
  });
});

describe("clusters", () => {
  const heard = (sets: Record<string, string[]>) =>
    new Map(Object.entries(sets).map(([server, others]) => [server, new Set(others)]));

  it("speaks to one of those that hear each other", () => {
    const all = ["S1", "S2", "S3"];
    assert.deepEqual(clusters(heard({ S1: all, S2: all, S3: all })), [{ speaker: "S1", members: all }]);
  });

  it("keeps apart those that do not", () => {
    assert.deepEqual(clusters(heard({ S1: ["S1", "S2"], S2: ["S1", "S2"], S3: ["S3"] })), [
      { speaker: "S1", members: ["S1", "S2"] },
      { speaker: "S3", members: ["S3"] },
    ]);
  });

  it("speaks to one itself that only hears, or is only heard", () => {
    const found = clusters(heard({ S1: ["S1", "S2"], S2: ["S2"] }));
    assert.deepEqual(
      found.map(({ speaker }) => speaker),
      ["S1", "S2"],
    );
  });

  it("counts servers in that are not ours, for they answer, too", () => {
    assert.deepEqual(clusters(heard({ S1: ["S1", "X"] })), [{ speaker: "S1", members: ["S1", "X"] }]);
  });
});
