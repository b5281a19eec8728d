import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { credsAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { stackValues } from "../../commands/target";
import { openStack, stackNames } from "../../commands/workspace";
import type { WorkstationReport } from "../../commands/workstation/up";
import { command } from "./support/command";
import { assertVerified, changes, core, eventually, target as platform, up } from "./support/platform";

const target = { ...platform, stack: "workstation" };
const namespace = "nats-workstation";
const STACK = target.stack;
const { workstation } = stackValues(STACK) as { workstation: { accounts: Record<string, object> } };

describe("workstation, beside the platform", () => {
  const open: NatsConnection[] = [];
  let report: WorkstationReport;

  before("the platform, and then the workstation by its command", async () => {
    await up();
    const { code, stdout, stderr } = await command("workstation-up", { STACK }, "--json");
    assert.equal(code, 0, stderr);
    report = JSON.parse(stdout);
  });
  afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));
  after("nothing of it is left for others", () => command("workstation-down", { STACK }));

  async function nodes(): Promise<string[]> {
    const { items } = await core().listNode();
    return items.flatMap(({ status }) => status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? []);
  }

  const login = (user: string) => report.logins.find((one) => one.user === user) ?? assert.fail(user);

  /** Connects through a node's port, as a developer does. */
  async function connectAs(user: string, servers = report.url): Promise<NatsConnection> {
    const { credsFile = "" } = login(user);
    const authenticator = credsAuthenticator(readFileSync(credsFile));
    const connection = await connect({ servers, authenticator, reconnect: false, timeout: 10_000 });
    open.push(connection);
    return connection;
  }

  it("tells how it is used, and has written a creds file for each user, for its owner alone", () => {
    assert.equal(report.reached, true);
    assert.deepEqual(report.logins.map(({ account, user }) => `${account}/${user}`).sort(), ["NOETL/noetl", "SYS/sys"]);
    for (const { credsFile = "" } of report.logins) assert.equal(statSync(credsFile).mode & 0o777, 0o600);
  });

  it("answers at both ports of every node", async () => {
    for (const address of await nodes()) {
      const connection = await connectAs("noetl", `nats://${address}:30422`);
      await connection.flush();
      const answer = await fetch(`http://${address}:30822/varz`);
      const { jetstream } = (await answer.json()) as { jetstream: { config: Record<string, number> } };
      assert.deepEqual([jetstream.config.max_memory, jetstream.config.max_storage], [2 ** 30, 5 * 2 ** 30]);
    }
  });

  it("has bucket sessions, in which a value lasts 300 s", async () => {
    const kv = await new Kvm(await connectAs("noetl")).open("sessions");
    const status = await kv.status();
    assert.equal(status.ttl, 300_000);
    assert.equal(status.replicas, 1);
    await kv.put("a", "1");
    assert.equal((await kv.get("a"))?.string(), "1");
    await kv.purge("a");
    const manager = await jetstreamManager(await connectAs("noetl"));
    await manager.streams.purge("KV_sessions");
  });

  it("lets the system's user look at the server, and nobody in without a login", async () => {
    const sys = await connectAs("sys");
    const answer = await sys.request("$SYS.REQ.SERVER.PING.VARZ");
    assert.equal(answer.json<{ server: { name: string } }>().server.name, "nats-0");
    await assert.rejects(connect({ servers: report.url, reconnect: false }), /authorization/i);
  });

  it("is looked after by ctl", async () => {
    // biome-ignore lint/suspicious/noExplicitAny: whatever a program finds in a document
    const ctl = async (...args: string[]): Promise<any> => {
      const { code, stdout, stderr } = await command("ctl", {}, ...args, "--stack", STACK, "--json");
      assert.equal(code, 0, `ctl ${args.join(" ")}: ${stdout}\n${stderr}`);
      return JSON.parse(stdout);
    };
    const names = (things: readonly { name: string }[]) => things.map(({ name }) => name);
    const { kind, servers } = await ctl("status");
    assert.deepEqual([kind, servers.length], ["workstation", 1]);
    assert.equal((await ctl("health")).ok, true);
    assert.ok(names((await ctl("verify")).checks).includes("buckets-and-streams"));
    assert.deepEqual(names((await ctl("streams")).streams), ["KV_sessions"]);
    assert.deepEqual((await ctl("consumers")).consumers, []);
    const [bucket] = (await ctl("kv")).buckets;
    assert.deepEqual([bucket.name, bucket.ttlSeconds], ["sessions", 300]);
    const accounts: { name: string }[] = (await ctl("accounts")).accounts;
    assert.ok(names(accounts).includes("NOETL"));
    const { file, user } = await ctl("get-credentials", "--user", "noetl");
    assert.deepEqual([file, user], [login("noetl").credsFile, "noetl"]);
  });

  it("changes nothing when it is brought up again", async () => {
    const { summary } = await (await openStack(target)).up({ refresh: true });
    assert.deepEqual(changes(summary.resourceChanges), {});
  });

  it("lets sessions expire when their TTL says so, and makes the streams of accounts that are added", async () => {
    const accounts = {
      ...workstation.accounts,
      SHOP: { users: ["shop"], streams: [{ name: "orders", subjects: ["orders.>"], maxAge: "1h" }] },
    };
    await (await openStack(target, { workstation: { ...workstation, accounts, sessionCacheTtlSeconds: 2 } })).up();
    const kv = await new Kvm(await connectAs("noetl")).open("sessions");
    assert.equal((await kv.status()).ttl, 2_000);
    await kv.put("a", "1");
    assert.equal((await kv.get("a"))?.string(), "1");
    await eventually("the session is gone", async () => (await kv.get("a")) === null, 30);
    const outputs = await (await openStack(target)).outputs();
    const { value: logins, secret } = outputs.logins ?? assert.fail("there are no logins");
    assert.equal(secret, true);
    const { creds } = logins.SHOP.shop;
    const shop = await connect({ servers: report.url, authenticator: credsAuthenticator(Buffer.from(creds)) });
    open.push(shop);
    const { config } = await (await jetstreamManager(shop)).streams.info("orders");
    assert.deepEqual([config.subjects, config.max_age, config.num_replicas], [["orders.>"], 3_600_000_000_000, 1]);
  });

  it("takes passwords when they are asked for, and no creds then", async () => {
    const { credsFile = "" } = login("noetl");
    const creds = readFileSync(credsFile);
    await (await openStack(target, { workstation: { ...workstation, auth: "static" } })).up();
    const connection = await connect({ servers: report.url, user: "noetl", pass: "noetl" });
    open.push(connection);
    assert.equal((await (await new Kvm(connection).open("sessions")).status()).ttl, 300_000);
    await assert.rejects(connect({ servers: report.url, user: "noetl", pass: "wrong" }), /authorization/i);
    await assert.rejects(
      connect({ servers: report.url, authenticator: credsAuthenticator(creds), reconnect: false }),
      /authorization/i,
    );
  });

  it("leaves nothing behind when it is taken down, and the platform as it was", async () => {
    const { credsFile = "" } = login("noetl");
    const { code, stderr } = await command("workstation-down", { STACK });
    assert.equal(code, 0, stderr);
    const { items } = await core().listNamespace();
    assert.ok(!items.some(({ metadata }) => metadata?.name === namespace));
    const ofWorkstation = async () => {
      const { items } = await core().listPersistentVolume();
      return items.filter(({ spec }) => spec?.claimRef?.namespace === namespace);
    };
    await eventually("no volume of it is left", async () => (await ofWorkstation()).length === 0);
    assert.ok(!existsSync(dirname(credsFile)));
    assert.ok(!(await stackNames(target)).includes(STACK));
    await assert.rejects(connect({ servers: report.url, reconnect: false, timeout: 2_000 }));
    await assertVerified();
    assert.equal((await command("workstation-down", { STACK })).code, 0, "there is nothing to take away");
  });

  it("is not what make up brings up, nor make down takes away", async () => {
    for (const name of ["up", "down"]) {
      const { code, stderr } = await command(name, { STACK });
      assert.equal(code, 1);
      assert.match(stderr, /stack "workstation" is of a workstation, .*: make workstation-up/);
    }
  });
});
