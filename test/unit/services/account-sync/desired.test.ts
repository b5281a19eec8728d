import assert from "node:assert/strict";
import type { AccountRecord } from "../../../../services/account-sync/account-record";
import { changedIds, desiredState, nothingDesired } from "../../../../services/account-sync/desired";

const now = Date.parse("2026-06-01T00:00:00Z");

/** A sound record, with changes. */
function record(id: string, changes: Partial<AccountRecord> = {}): AccountRecord {
  const jwt = { id, name: `tenant-${id}`, text: "e.y.J", digest: `digest-${id}`, issuedAt: 1 };
  return {
    account: `tenant-${id}`,
    secret: `secret-${id}`,
    uid: `uid-${id}`,
    id,
    tenant: id,
    createdAt: 0,
    deleting: false,
    finalizer: 0,
    jwt,
    deleteJwt: `delete-${id}`,
    ...changes,
  };
}

const tombstone = (id: string) => ({
  account: `tenant-${id}`,
  deleteJwt: `delete-${id}`,
  deletedAt: "2026-01-01T00:00:00Z",
});

const state = (records: AccountRecord[], tombstones: string[] = []) =>
  desiredState(records, new Map(tombstones.map((id) => [id, tombstone(id)])), now);

describe("desiredState", () => {
  it("wants sound accounts on servers", () => {
    const { accounts, removals, problems } = state([record("A"), record("B")]);
    assert.deepEqual([...accounts.keys()], ["A", "B"]);
    assert.equal(accounts.get("A")?.account, "tenant-A");
    assert.deepEqual([removals.size, problems.size], [0, 0]);
  });

  it("wants nothing changed of an unsound one", () => {
    const { accounts, removals, problems } = state([record("A", { jwt: undefined, problem: "garbage" })]);
    assert.deepEqual([accounts.size, removals.size], [0, 0]);
    assert.equal(problems.get("secret-A"), "garbage");
  });

  it("takes an expired one for unsound", () => {
    const jwt = { id: "A", name: "tenant-A", text: "", digest: "", issuedAt: 1, expiresAt: now / 1000 };
    assert.match(state([record("A", { jwt })]).problems.get("secret-A") ?? "", /expired at 2026-06-01T00:00:00/);
  });

  it("wants an account gone whose Secret is being deleted and held by us", () => {
    const { accounts, removals, deleting } = state([record("A", { deleting: true })]);
    assert.equal(accounts.size, 0);
    assert.deepEqual(removals.get("A"), {
      id: "A",
      account: "tenant-A",
      tenant: "A",
      deleteJwt: "delete-A",
      buried: false,
    });
    assert.equal(deleting.length, 1);
  });

  it("does not touch an account whose Secret goes without us", () => {
    const { accounts, removals, deleting } = state([record("A", { deleting: true, finalizer: -1 })]);
    assert.deepEqual([accounts.size, removals.size, deleting.length], [0, 0, 0]);
  });

  it("holds on to a Secret that cannot be deleted in order, and says why", () => {
    const unsound = record("A", { deleting: true, deleteJwt: undefined, deleteProblem: "no order" });
    const { removals, deleting, problems } = state([unsound]);
    assert.deepEqual([removals.size, deleting.length], [0, 1]);
    assert.equal(problems.get("secret-A"), "no order");
  });

  it("deletes by the order alone, also when the JWT is garbage", () => {
    const { removals, problems } = state([record("A", { deleting: true, jwt: undefined, problem: "garbage" })]);
    assert.deepEqual([removals.size, problems.size], [1, 0]);
  });

  it("goes by the older of two Secrets about one account", () => {
    const copy = record("A", { secret: "copy", uid: "copy", createdAt: 5 });
    const { accounts, problems } = state([copy, record("A")]);
    assert.equal(accounts.size, 1);
    assert.deepEqual([...problems], [["copy", "account A already belongs to Secret secret-A"]]);
  });

  it("does not let an unsound Secret stand in the way of the account it names by mistake", () => {
    const mistaken = record("A", {
      secret: "mistaken",
      uid: "mistaken",
      createdAt: -5,
      jwt: undefined,
      problem: "other JWT",
    });
    const live = state([mistaken, record("A")]);
    assert.deepEqual([[...live.accounts.keys()], [...live.problems]], [["A"], [["mistaken", "other JWT"]]]);
    const deleting = state([mistaken, record("A", { deleting: true })]);
    assert.deepEqual([deleting.removals.size, deleting.released.length], [1, 0]);
  });

  it("lets a second Secret about an account go without deleting the account", () => {
    const copy = record("A", { secret: "copy", uid: "copy", createdAt: 5, deleting: true });
    const { accounts, removals, deleting, released } = state([copy, record("A")]);
    assert.deepEqual([accounts.size, removals.size, deleting.length], [1, 0, 0]);
    assert.deepEqual(released, [copy]);
  });

  it("wants accounts with a tombstone gone, wherever they turn up", () => {
    assert.deepEqual(state([], ["A"]).removals.get("A"), {
      id: "A",
      account: "tenant-A",
      deleteJwt: "delete-A",
      buried: true,
    });
  });

  it("gives way to a sound Secret, not to an unsound one", () => {
    const sound = state([record("A")], ["A"]);
    assert.deepEqual([sound.removals.size, sound.revived], [0, ["A"]]);
    const unsound = state([record("A", { jwt: undefined, problem: "garbage" })], ["A"]);
    assert.deepEqual([unsound.removals.size, unsound.revived], [1, []]);
  });
});

describe("changedIds", () => {
  const other = record("A", { jwt: { id: "A", name: "tenant-A", text: "", digest: "other", issuedAt: 2 } });

  it("names what is new, other, gone or to be removed", () => {
    assert.deepEqual(changedIds(nothingDesired, state([record("A")])), ["A"]);
    assert.deepEqual(changedIds(state([record("A")]), state([other])), ["A"]);
    assert.deepEqual(changedIds(state([record("A")]), state([])), ["A"]);
    assert.deepEqual(changedIds(state([record("A")]), state([record("A", { deleting: true })])), ["A"]);
  });

  it("names nothing that stays as it is", () => {
    assert.deepEqual(changedIds(state([record("A")], ["B"]), state([record("A")], ["B"])), []);
  });
});
