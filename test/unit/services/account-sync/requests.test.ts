import assert from "node:assert/strict";
import {
  type Answer,
  type Channel,
  deleteAccount,
  hearing,
  kick,
  list,
  loadedAccounts,
  lookup,
  memoryOf,
  purgeStored,
  update,
} from "../../../../services/account-sync/nats/requests";
import { digestOf } from "../../../../services/account-sync/trust";

const answer = (body: unknown): Answer => ({ string: () => (typeof body === "string" ? body : JSON.stringify(body)) });

/** A channel that answers by subject, and keeps what was asked. */
function channel(answers: (subject: string, body: string) => unknown[]) {
  const asked: { subject: string; body: string; answers?: number }[] = [];
  const fake: Channel = {
    ask: async (subject, body, count) => {
      asked.push({ subject, body, answers: count });
      return answers(subject, body).map(answer);
    },
    askAll: async (subject, body) => {
      asked.push({ subject, body });
      return answers(subject, body).map(answer);
    },
  };
  return { fake, asked };
}

const from = (id: string, rest: object) => ({ server: { id }, ...rest });

describe("requests to servers", () => {
  it("identify everybody who hears", async () => {
    const { fake, asked } = channel(() => [{ id: "S1" }, { id: "S2" }]);
    assert.deepEqual(await hearing(fake, ["S1"]), new Set(["S1", "S2"]));
    assert.equal(asked[0]?.subject, "$SYS.REQ.SERVER.PING.IDZ");
  });

  it("take what is no answer for none", async () => {
    const { fake } = channel(() => ["no JSON", "null", { id: 1 }, [], { id: "S1" }]);
    assert.deepEqual(await hearing(fake, ["S1"]), new Set(["S1"]));
  });

  it("give time to those that are known to hear", async () => {
    let enough: ((answers: readonly Answer[]) => boolean) | undefined;
    const fake: Channel = {
      ask: async () => [],
      askAll: async (_subject, _body, isEnough) => {
        enough = isEnough;
        return [];
      },
    };
    await hearing(fake, ["S1", "S2"]);
    assert.equal(enough?.([answer({ id: "S1" }), answer({ id: "S3" })]), false);
    assert.equal(enough?.([answer({ id: "S1" }), answer({ id: "S2" })]), true);
  });

  it("delete what an account stores, and fail where nobody does", async () => {
    const { fake, asked } = channel(() => [{ initiated: true }]);
    await purgeStored(fake, "AACME");
    assert.equal(asked[0]?.subject, "$JS.API.ACCOUNT.PURGE.AACME");
    await assert.rejects(purgeStored(channel(() => []).fake, "AACME"), /no leader of JetStream answers/);
    const deaf: Channel = { ...fake, ask: () => Promise.reject(new Error("no responders")) };
    await assert.rejects(purgeStored(deaf, "AACME"), /no leader of JetStream answers/);
    const refused = channel(() => [{ error: { description: "not now" } }]).fake;
    await assert.rejects(purgeStored(refused, "AACME"), /does not delete streams: not now/);
  });

  it("push an account, and tell who refused it and why", async () => {
    const { fake, asked } = channel(() => [
      from("S1", { data: { code: 200 } }),
      from("S2", { error: { code: 500, description: "jwt store is full" } }),
    ]);
    assert.deepEqual(
      await update(fake, "the.account.jwt", 3),
      new Map([
        ["S1", undefined],
        ["S2", "jwt store is full"],
      ]),
    );
    assert.deepEqual(asked, [{ subject: "$SYS.REQ.CLAIMS.UPDATE", body: "the.account.jwt", answers: 3 }]);
  });

  it("order a deletion", async () => {
    const { fake, asked } = channel(() => [from("S1", { data: { code: 200 } })]);
    await deleteAccount(fake, "the.order", 1);
    assert.deepEqual(asked, [{ subject: "$SYS.REQ.CLAIMS.DELETE", body: "the.order", answers: 1 }]);
  });

  it("look up copies, whosever they are", async () => {
    const { fake, asked } = channel(() => ["jwt", "", "jwt"]);
    assert.deepEqual(await lookup(fake, "A", 3), ["jwt", "", "jwt"]);
    assert.equal(asked[0]?.subject, "$SYS.REQ.ACCOUNT.A.CLAIMS.LOOKUP");
  });

  it("list what each server stores", async () => {
    const { fake } = channel(() => [from("S1", { data: ["A", "B"] }), from("S2", { data: [] })]);
    assert.deepEqual(
      await list(fake, 2),
      new Map([
        ["S1", new Set(["A", "B"])],
        ["S2", new Set()],
      ]),
    );
  });

  it("ask one server what it has in memory", async () => {
    const { fake, asked } = channel((_, body) =>
      body === "{}"
        ? [{ data: { accounts: ["A", "SYS"], system_account: "SYS" } }]
        : [{ data: { account_detail: { jwt: "j", expired: true, client_connections: 2, leafnode_connections: 1 } } }],
    );
    assert.deepEqual(await loadedAccounts(fake, "S1"), { accounts: new Set(["A", "SYS"]), system: "SYS" });
    assert.deepEqual(await memoryOf(fake, "S1", "A"), {
      jwt: "j",
      digest: digestOf("j"),
      expired: true,
      connections: 3,
    });
    assert.deepEqual(
      asked.map(({ subject, answers }) => `${subject} ${answers}`),
      ["$SYS.REQ.SERVER.S1.ACCOUNTZ 1", "$SYS.REQ.SERVER.S1.ACCOUNTZ 1"],
    );
  });

  it("take a server's error for an account it has not loaded, and silence for an error", async () => {
    const unknown = channel(() => [{ error: { code: 500, description: "Account A does not exist" } }]);
    assert.equal(await memoryOf(unknown.fake, "S1", "A"), undefined);
    await assert.rejects(memoryOf(channel(() => []).fake, "S1", "A"), /no answer to \$SYS\.REQ\.SERVER\.S1\.ACCOUNTZ/);
  });

  it("kick the account's connections, and no others, through all pages", async () => {
    const { fake, asked } = channel((subject, body) => {
      if (subject.endsWith("KICK")) return [{}];
      const { offset, limit } = JSON.parse(body);
      const all = Array.from({ length: 1_030 }, (_, cid) => ({ cid, account: cid % 500 === 0 ? "A" : "B" }));
      return [{ data: { connections: all.slice(offset, offset + limit) } }];
    });
    assert.equal(await kick(fake, "S1", "A"), 3);
    const kicked = asked
      .filter(({ subject }) => subject === "$SYS.REQ.SERVER.S1.KICK")
      .map(({ body }) => JSON.parse(body).cid);
    assert.deepEqual(kicked, [0, 500, 1_000]);
  });
});
