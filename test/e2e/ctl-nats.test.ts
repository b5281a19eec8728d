import assert from "node:assert/strict";
import { AckPolicy, jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { readAllAccounts, readOwnAccount } from "../../commands/ctl/accounts/accounts";
import { type HealthContext, login, metaLeader, roundTrip, streamReplicas } from "../../commands/ctl/health/checks";
import { consumerReport, readConsumers } from "../../commands/ctl/jetstream/consumers";
import { bucketReport, readKey, readKeys } from "../../commands/ctl/jetstream/kv";
import { readPlacement } from "../../commands/ctl/jetstream/placement";
import { readStreams, streamReports } from "../../commands/ctl/jetstream/streams";
import { platformUsers } from "../../components/identity/platform-users";
import { type TestAccount, TestOperator } from "../../local/world/identity";
import { TestFleet } from "../../local/world/servers";
import { until } from "../../local/world/until";
import { runChecks } from "../../services/verify/runner";

const mebibyte = 1024 * 1024;

describe("what ctl says of NATS", () => {
  const operator = new TestOperator();
  let fleet: TestFleet;
  let account: TestAccount;
  let admin: NatsConnection;
  let observer: NatsConnection;
  let system: NatsConnection;

  before("three servers, an account with streams, a bucket and consumers", async () => {
    account = operator.account("PLATFORM", { jetstream: { memoryStorage: mebibyte, diskStorage: 20 * mebibyte } });
    const preload = new Map([[account.id, account.jwt()]]);
    fleet = await TestFleet.start(operator, operator.system.jwt(), { preload });
    const [first] = fleet.platform;
    assert.ok(first);
    admin = await first.connect(account.user());
    observer = await first.connect(account.user(platformUsers.observer), { inboxPrefix: "_INBOX_observer" });
    system = await first.connect(operator.system.user());
    await until("JetStream has a leader", async () => (await readPlacement(system, 3)).metaLeader !== undefined);
    await until("the account has JetStream", () => jetstreamManager(admin).then(Boolean, () => false));
    await store();
  });

  after(async () => {
    await Promise.allSettled([admin, observer, system].map((connection) => connection?.close()));
    await fleet?.stop();
  });

  async function store(): Promise<void> {
    const manager = await jetstreamManager(admin);
    const common = { num_replicas: 3, storage: StorageType.File, max_bytes: mebibyte };
    await manager.streams.add({ ...common, name: "ORDERS", subjects: ["orders.>"] });
    await manager.streams.add({ ...common, name: "ALONE", subjects: ["alone"], num_replicas: 1 });
    for (const name of ["one", "two", "three"]) await jetstream(admin).publish(`orders.${name}`, name);
    await manager.consumers.add("ORDERS", {
      durable_name: "stuck",
      ack_policy: AckPolicy.Explicit,
      max_ack_pending: 2,
    });
    await manager.consumers.add("ORDERS", { durable_name: "done", ack_policy: AckPolicy.Explicit });
    const done = await jetstream(admin).consumers.get("ORDERS", "done");
    for await (const message of await done.fetch({ max_messages: 3, expires: 5_000 })) await message.ackAck();
    const stuck = await jetstream(admin).consumers.get("ORDERS", "stuck");
    for await (const message of await stuck.fetch({ max_messages: 2, expires: 5_000 })) message.working();
    const sessions = await new Kvm(admin).create("sessions", {
      ttl: 300_000,
      history: 2,
      replicas: 3,
      max_bytes: mebibyte,
    });
    await sessions.put("user-1", "first");
    await sessions.put("user-1", "second");
    await sessions.put("user-2", "gone");
    await sessions.delete("user-2");
  }

  it("streams: all of an account, as its observer may see them", async () => {
    const reports = streamReports("PLATFORM", await readStreams(observer));
    assert.deepEqual(
      reports.map(({ name, replicas, messages, consumers, problems }) => ({
        name,
        replicas,
        messages,
        consumers,
        problems,
      })),
      [
        { name: "ALONE", replicas: 1, messages: 0, consumers: 0, problems: [] },
        { name: "KV_sessions", replicas: 3, messages: 4, consumers: 0, problems: [] },
        { name: "ORDERS", replicas: 3, messages: 3, consumers: 2, problems: [] },
      ],
    );
    assert.match(reports.find(({ name }) => name === "ORDERS")?.leader ?? "", /^nats-\d$/);
  });

  it("consumers: which is stuck, and why", async () => {
    const infos = await readConsumers(observer, ["ALONE", "ORDERS"]);
    const reports = infos.map((info) => consumerReport("PLATFORM", info, Date.now()));
    const [done, stuck] = reports;
    assert.deepEqual([done?.name, done?.pending, done?.ackPending, done?.problems], ["done", 0, 0, []]);
    assert.deepEqual([stuck?.name, stuck?.pending, stuck?.ackPending, stuck?.maxAckPending], ["stuck", 1, 2, 2]);
    assert.match(stuck?.problems.join() ?? "", /^2 of at most 2 messages are delivered and not acknowledged/);
    assert.ok(Date.now() - Date.parse(stuck?.lastDelivery ?? "") < 60_000);
  });

  it("kv: buckets, keys and a value, as the observer may see them", async () => {
    const { infos } = await readStreams(observer);
    const bucket = infos.find(({ config }) => config.name === "KV_sessions");
    assert.ok(bucket);
    const { ttlSeconds, history, keys, values } = bucketReport("PLATFORM", bucket);
    assert.deepEqual({ ttlSeconds, history, keys, values }, { ttlSeconds: 300, history: 2, keys: 2, values: 4 });
    const found = await readKeys(observer, "sessions", 10);
    assert.deepEqual(
      found.keys.map(({ key, revision, deleted }) => ({ key, revision, deleted })),
      [
        { key: "user-1", revision: 2, deleted: false },
        { key: "user-2", revision: 4, deleted: true },
      ],
    );
    const first = await readKeys(observer, "sessions", 1);
    assert.deepEqual([first.keys.map(({ key }) => key), first.more], [["user-1"], 1]);
    assert.equal(Buffer.from((await readKey(observer, "sessions", "user-1"))?.value ?? "").toString(), "second");
    assert.equal(await readKey(observer, "sessions", "nobody"), undefined);
  });

  it("accounts: connections, subscriptions and storage against limits, by the system's user and by the account's own", async () => {
    const all = await readAllAccounts(system, 3, { [operator.system.id]: "SYS" });
    const platform = all.find(({ id }) => id === account.id);
    assert.ok(all.some(({ name }) => name === "SYS"));
    assert.ok(all.every(({ subscriptions }) => subscriptions > 0));
    assert.equal(platform?.name, "PLATFORM");
    assert.equal(platform?.connections, 2);
    assert.equal(platform?.jetstream?.maxStorage, 20 * mebibyte);
    assert.ok((platform?.jetstream?.storage ?? 0) > 0);
    const own = await readOwnAccount(admin, 3, { name: "PLATFORM", id: account.id, jetstream: true });
    assert.equal(own.connections, 2);
    assert.deepEqual(own.jetstream?.maxStorage, 20 * mebibyte);
  });

  const healthOf = async (servers: number) => {
    const connections: NatsConnection[] = [];
    const context = {
      logins: [{ account: "PLATFORM", user: "admin", mayWrite: true, mayAdminister: true, proof: { password: "" } }],
      connect: async () => {
        const connection = await fleet.platform[0]?.connect(account.user());
        assert.ok(connection);
        connections.push(connection);
        return connection;
      },
      placement: () => readPlacement(system, servers),
    } as unknown as HealthContext;
    const results = await runChecks([login, roundTrip, metaLeader, streamReplicas], context);
    await Promise.all(connections.map((connection) => connection.close()));
    return Object.fromEntries(results.map(({ name, ok, detail }) => [name, { ok, detail }]));
  };

  it("health: all is well; the streams of every account are counted", async () => {
    const results = await healthOf(3);
    assert.deepEqual(
      Object.values(results).map(({ ok }) => ok),
      [true, true, true, true],
      JSON.stringify(results),
    );
    assert.match(results.streams?.detail ?? "", /^3 with a leader/);
  });

  describe("with a server stopped", () => {
    before("nats-2", async () => {
      await fleet.platform[2]?.kill();
      const behind = async () => {
        const { problems, streams } = await readPlacement(system, 2);
        const orders = streams.find(({ name }) => name === "ORDERS");
        // Another leader, if it was on the server that is gone.
        return problems.length > 0 && /replica on nats-2/.test(orders?.problems.join() ?? "");
      };
      await until("the others have noticed", behind, { timeoutMs: 60_000 });
    });

    it("health names streams and replicas, and clients go on", async () => {
      const { login, streams, "jetstream-leader": leader, "round-trip": trip } = await healthOf(2);
      assert.deepEqual([login?.ok, trip?.ok], [true, true]);
      assert.equal(streams?.ok, false);
      assert.match(streams?.detail ?? "", /ORDERS of PLATFORM: replica on nats-2 is (offline|not current)/);
      assert.match(streams?.detail ?? "", /ctl streams/);
      assert.equal(leader?.ok, false);
      assert.match(leader?.detail ?? "", /nats-2/);
    });

    it("streams says which replica is missing", async () => {
      const orders = streamReports("PLATFORM", await readStreams(observer)).find(({ name }) => name === "ORDERS");
      assert.match(orders?.problems.join() ?? "", /replica on nats-2/);
    });
  });
});
