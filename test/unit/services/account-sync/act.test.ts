import assert from "node:assert/strict";
import { TestOperator } from "../../../../local/world/identity";
import { type Action, act, type Outcome } from "../../../../services/account-sync/nats/act";
import { look } from "../../../../services/account-sync/nats/look";
import type { Channel } from "../../../../services/account-sync/nats/requests";
import { digestOf, readTrust } from "../../../../services/account-sync/trust";

const trust = readTrust(new TestOperator().jwt);
const account = { id: "A", name: "a", account: "a", text: "the.jwt", digest: digestOf("the.jwt"), issuedAt: 1 };
const removal = { id: "A", account: "a", deleteJwt: "the.order", buried: false };

/** A cluster of two servers, both of which we are connected to, that keeps what was published. */
function cluster(answers: (server: string, subject: string, body: string) => unknown[]) {
  const published: string[] = [];
  const connection = (server: string): Channel => ({
    ask: async (subject, body) => {
      published.push(`${server} ${subject.replace(/^\$SYS\.REQ\./, "")} ${JSON.stringify(body)}`);
      return answers(server, subject, body).map((one) => ({
        string: () => (typeof one === "string" ? one : JSON.stringify(one)),
      }));
    },
    askAll: async () => [],
  });
  const channels = new Map(["S1", "S2"].map((server) => [server, connection(server)]));
  return { published, cluster: { speaker: "S1", members: ["S1", "S2"], channels } };
}

const fine = ["S1", "S2"].map((id) => ({ server: { id }, data: { code: 200 } }));

async function outcomeOf(action: Action, answers: Parameters<typeof cluster>[0]) {
  const { published, cluster: target } = cluster(answers);
  let outcome: Outcome | undefined;
  await act(target, [action], (_, result) => {
    outcome = result;
  });
  return { published, outcome };
}

describe("act", () => {
  it("pushes an account once for the whole cluster", async () => {
    const { published, outcome } = await outcomeOf({ kind: "push", account }, () => fine);
    assert.deepEqual(published, ['S1 CLAIMS.UPDATE "the.jwt"']);
    assert.deepEqual(outcome, { refusals: new Map(), silent: 0, kicked: 0 });
  });

  it("tells who refused and how many kept silent", async () => {
    const { outcome } = await outcomeOf({ kind: "push", account }, () => [
      { server: { id: "S2" }, error: { description: "full" } },
    ]);
    assert.deepEqual(outcome, { refusals: new Map([["S2", "full"]]), silent: 1, kicked: 0 });
  });

  it("rewrites by way of another text of the same JWT", async () => {
    const { published } = await outcomeOf({ kind: "rewrite", account }, () => fine);
    assert.deepEqual(published, ['S1 CLAIMS.UPDATE "the.jwt\\n"', 'S1 CLAIMS.UPDATE "the.jwt"']);
  });

  it("revives an account only where it is still in force, by the JWT that is, and deletes it", async () => {
    const { published } = await outcomeOf({ kind: "revive", removal }, (server, subject) => {
      if (!subject.endsWith("ACCOUNTZ")) return fine;
      return [{ data: { account_detail: { jwt: `${server}.jwt`, expired: server === "S1", client_connections: 0 } } }];
    });
    assert.deepEqual(
      published.filter((line) => !line.includes("ACCOUNTZ")),
      ['S1 CLAIMS.UPDATE "S2.jwt\\n"', 'S1 CLAIMS.DELETE "the.order"'],
    );
  });

  it("kicks on every server", async () => {
    const { outcome } = await outcomeOf({ kind: "kick", removal }, (_, subject) =>
      subject.endsWith("CONNZ") ? [{ data: { connections: [{ cid: 7, account: "A" }] } }] : [{}],
    );
    assert.equal(outcome?.kicked, 2);
  });
});

describe("look", () => {
  it("sees what is stored and what is in memory", async () => {
    const { cluster: target } = cluster((server, subject, body) => {
      if (subject.includes("LOOKUP")) return ["the.jwt", ""];
      if (body === "{}") return [{ data: { accounts: server === "S2" ? ["A"] : [] } }];
      return [{ data: { account_detail: { jwt: "the.jwt", client_connections: 1 } } }];
    });
    const { seen, silent } = await look(target, ["A"], new Map([["A", account]]), trust);
    assert.deepEqual(seen.get("A")?.copies, [{ kind: "jwt", digest: account.digest, issuedAt: 1 }, { kind: "none" }]);
    assert.deepEqual(
      [...(seen.get("A")?.memories ?? [])],
      [["S2", { digest: account.digest, expired: false, connections: 1 }]],
    );
    assert.equal(silent.size, 0);
  });

  it("does not let one server that hangs keep the others from being seen", async () => {
    const { cluster: target } = cluster((server, subject) => {
      if (subject.includes("LOOKUP")) return ["the.jwt"];
      return server === "S1" ? [{ data: { accounts: [] } }] : [];
    });
    const { seen, silent } = await look(target, ["A"], new Map([["A", account]]), trust);
    assert.equal(seen.get("A")?.copies.length, 1);
    assert.deepEqual([...silent], ["S2"]);
  });
});
