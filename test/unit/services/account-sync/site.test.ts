import assert from "node:assert/strict";
import { type TestAccount, TestOperator } from "../../../../local/world/identity";
import { until } from "../../../../local/world/until";
import type { DesiredAccount, Removal } from "../../../../services/account-sync/desired";
import { Ledger } from "../../../../services/account-sync/ledger";
import { Site, type SiteContext } from "../../../../services/account-sync/site";
import { readAccountJwt, readTrust } from "../../../../services/account-sync/trust";
import { createLog } from "../../../../services/log";
import { type FakeServer, fakeLinks, fakeServer } from "./fake-servers";

const operator = new TestOperator();
const trust = readTrust(operator.jwt);
const idOf = (jwt: string) => readAccountJwt(jwt, trust).id;

describe("Site", () => {
  let servers: FakeServer[];
  let accounts: Map<string, DesiredAccount>;
  let removals: Map<string, Removal>;
  let requests: string[];
  let acting: boolean;
  let ledger: Ledger;
  let lines: string[];
  let site: Site;
  /** Called with each request. */
  let onRequest: (subject: string, body: string) => void | Promise<void>;

  beforeEach(() => {
    servers = ["S1", "S2", "S3"].map(fakeServer);
    accounts = new Map();
    removals = new Map();
    requests = [];
    acting = true;
    ledger = new Ledger();
    lines = [];
    onRequest = () => {};
  });

  afterEach(() => site.stop());

  const begin = () => {
    const links = fakeLinks(servers, idOf, (subject, body) => {
      requests.push(subject);
      return onRequest(subject, body);
    });
    const context: SiteContext = {
      desired: () => ({ accounts, removals }),
      isKnown: () => false,
      acting: () => acting,
      trust,
      ledger,
      log: createLog((line) => lines.push(line)),
      onAction: () => {},
      onSeen: () => {},
    };
    site = new Site("platform", () => links, context);
  };
  const want = (account: TestAccount, jwt = account.jwt()): DesiredAccount => {
    const desired = { ...readAccountJwt(jwt, trust), account: account.name };
    accounts.set(desired.id, desired);
    return desired;
  };
  const server = (index: number): FakeServer => servers[index] ?? fakeServer("none");
  const copies = (id: string) => ["uid-S1", "uid-S2", "uid-S3"].map((uid) => ledger.holding(uid, id)?.copy.kind);
  const swept = () => until("it is swept", () => site.isSwept, { pollMs: 1 });
  const pushes = () => requests.filter((subject) => subject.endsWith("UPDATE")).length;

  it("pushes what is missing once for the whole cluster, and sees it arrive everywhere", async () => {
    const { id, text } = want(operator.account("a"));
    begin();
    await swept();
    assert.deepEqual(
      servers.map(({ store }) => store.get(id)),
      [text, text, text],
    );
    assert.deepEqual(copies(id), ["jwt", "jwt", "jwt"]);
    assert.equal(pushes(), 1);
  });

  it("only looks while it does not act, and says which server lacks the account", async () => {
    const { id, text } = want(operator.account("a"));
    server(0).store.set(id, text);
    acting = false;
    begin();
    await swept();
    assert.equal(pushes(), 0);
    assert.deepEqual(copies(id), ["jwt", "none", "none"]);
  });

  it("does not overwrite a newer JWT of the operator", async () => {
    const account = operator.account("a");
    const newer = account.jwt({ issuedAt: 1_900_000_000 });
    const { id } = want(account, account.jwt({ issuedAt: 1_800_000_000 }));
    server(2).store.set(id, newer);
    begin();
    await swept();
    assert.equal(pushes(), 0);
    assert.equal(server(2).store.get(id), newer);
  });

  it("records why a server refuses, and tries again", async () => {
    const { id } = want(operator.account("a"));
    server(1).refuses = "jwt store is full";
    begin();
    await until("it is recorded", () => ledger.holding("uid-S2", id)?.failure === "jwt store is full", { pollMs: 1 });
    server(1).refuses = undefined;
    await until("it has it", () => ledger.holding("uid-S2", id)?.copy.kind === "jwt", { pollMs: 1 });
  });

  it("rewrites an account that is stored but dead in memory", async () => {
    const { id, text } = want(operator.account("a"));
    for (const { store } of servers) store.set(id, text);
    server(0).memory.set(id, { jwt: text, expired: true, client_connections: 0 });
    onRequest = (subject) => {
      if (subject.endsWith("UPDATE")) server(0).memory.set(id, { jwt: text, expired: false, client_connections: 0 });
    };
    begin();
    await swept();
    assert.equal(pushes(), 2);
    assert.equal(ledger.holding("uid-S1", id)?.memory?.expired, false);
  });

  it("deletes what is to go, wherever it turns up", async () => {
    const { id } = operator.account("gone");
    removals.set(id, { id, account: "gone", deleteJwt: `delete ${id}`, buried: true });
    server(1).store.set(id, "its.old.jwt");
    begin();
    await until("it is gone", () => !server(1).store.has(id), { pollMs: 1 });
  });

  it("looks at an account that a deletion waits for, also when no server has it", async () => {
    removals.set("WAITED", { id: "WAITED", account: "a", deleteJwt: "delete WAITED", buried: false });
    removals.set("BURIED", { id: "BURIED", account: "b", deleteJwt: "delete BURIED", buried: true });
    begin();
    await swept();
    assert.deepEqual(copies("WAITED"), ["none", "none", "none"]);
    assert.deepEqual(copies("BURIED"), [undefined, undefined, undefined]);
  });

  it("leaves alone what no Secret is about, and says so", async () => {
    server(1).store.set("UNKNOWN", "some.j.wt");
    server(1).store.set("SYS", "system.j.wt");
    begin();
    await swept();
    assert.deepEqual(ledger.unknownOf("uid-S2"), ["UNKNOWN"]);
    assert.deepEqual(ledger.unknownOf("uid-S1"), []);
    assert.ok(server(1).store.has("UNKNOWN"));
    assert.match(lines.join(), /do not belong there/);
  });

  it("serves what is urgent before the rest of a look at everything", async () => {
    for (let i = 0; i < 300; i++) want(operator.account(`a${i}`));
    const urgent = operator.account("urgent");
    const order: string[] = [];
    onRequest = (subject, body) => {
      if (!subject.endsWith("UPDATE")) return;
      order.push(idOf(body));
      if (order.length === 1) {
        want(urgent);
        site.touch(urgent.id, false);
      }
    };
    begin();
    await until("all are pushed", () => order.length === 301, { pollMs: 1 });
    assert.ok(order.indexOf(urgent.id) <= 100, `it was number ${order.indexOf(urgent.id)}`);
  });

  it("pushes the newest version only, when one is replaced while it waits its turn", async () => {
    const account = operator.account("a");
    begin();
    await swept();
    want(account, account.jwt({ issuedAt: 1_800_000_000 }));
    const { id, text } = want(account, account.jwt({ issuedAt: 1_800_000_001 }));
    site.touch(id, false);
    await until("it is there", () => server(0).store.get(id) === text, { pollMs: 1 });
    assert.equal(pushes(), 1);
  });
});
