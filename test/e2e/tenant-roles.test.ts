import assert from "node:assert/strict";
import { jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { observerInboxPrefix } from "../../components/tenant/roles";
import { until } from "../../local/world/until";
import { unwrap } from "../unit/components/identity/fake-engine";
import { IdentityServer, recordViolations } from "./identity-server";
import { Identities, type MadeTenant } from "./tenant-identity";
import { TenantServer } from "./tenant-server";

const roles = ["worker", "admin", "observer"] as const;
type Role = (typeof roles)[number];

/** What a role may do, by subject: letters of those that may. */
type Table = Readonly<Record<string, readonly Role[]>>;

const everybody: readonly Role[] = roles;
const members: readonly Role[] = ["worker", "admin"];
const owner: readonly Role[] = ["admin"];

const publishing: Table = {
  "orders.created": members,
  "acme.webhook.in": members,
  "_INBOX.someone.answer": members,
  "$KV.STATE.key": members,
  "$O.FILES.C.x": members,
  "$JS.ACK.ORDERS.worker.1.1.1.1.0": members,
  "$JS.API.INFO": everybody,
  "$JS.API.STREAM.NAMES": everybody,
  "$JS.API.STREAM.LIST": everybody,
  "$JS.API.STREAM.INFO.ORDERS": everybody,
  "$JS.API.STREAM.MSG.GET.ORDERS": everybody,
  "$JS.API.DIRECT.GET.ORDERS": everybody,
  "$JS.API.DIRECT.GET.KV_STATE.$KV.STATE.key": everybody,
  "$JS.API.CONSUMER.NAMES.ORDERS": everybody,
  "$JS.API.CONSUMER.LIST.ORDERS": everybody,
  "$JS.API.CONSUMER.INFO.ORDERS.worker": everybody,
  "$JS.API.CONSUMER.CREATE.ORDERS": members,
  "$JS.API.CONSUMER.CREATE.ORDERS.worker.orders.>": members,
  "$JS.API.CONSUMER.DURABLE.CREATE.ORDERS.worker": members,
  "$JS.API.CONSUMER.MSG.NEXT.ORDERS.worker": members,
  "$JS.API.CONSUMER.DELETE.ORDERS.worker": members,
  "$JS.API.CONSUMER.PAUSE.ORDERS.worker": members,
  "$JS.API.CONSUMER.LEADER.STEPDOWN.ORDERS.worker": owner,
  "$JS.API.STREAM.CREATE.ORDERS": owner,
  "$JS.API.STREAM.UPDATE.ORDERS": owner,
  "$JS.API.STREAM.DELETE.ORDERS": owner,
  "$JS.API.STREAM.PURGE.ORDERS": owner,
  "$JS.API.STREAM.MSG.DELETE.ORDERS": owner,
  "$JS.API.STREAM.SNAPSHOT.ORDERS": owner,
  "$JS.API.STREAM.RESTORE.ORDERS": owner,
  "$JS.API.STREAM.PEER.REMOVE.ORDERS": owner,
  "$JS.API.STREAM.LEADER.STEPDOWN.ORDERS": owner,
  "$JS.API.META.LEADER.STEPDOWN": owner,
  "$JS.API.SERVER.REMOVE": owner,
  "$JS.API.ACCOUNT.PURGE.ACCOUNT": owner,
  "$SYS.REQ.USER.INFO": ["admin", "observer"],
  "$SYS.REQ.ACCOUNT.PING.CONNZ": ["admin", "observer"],
  "$SYS.REQ.ACCOUNT.PING.STATZ": ["admin", "observer"],
  "$SYS.REQ.SERVER.PING.CONNZ": owner,
  "$SYS.REQ.CLAIMS.DELETE": owner,
};

const subscribing: Table = {
  "orders.>": members,
  ">": members,
  "_INBOX.>": members,
  "_INBOX_worker.x": members,
  "_INBOX_observer.>": everybody,
  "$JS.EVENT.ADVISORY.>": members,
  "$JS.API.STREAM.CREATE.*": owner,
  "$JS.API.>": owner,
  "$SYS.>": owner,
};

describe("roles of a tenant on real nats-servers", function () {
  this.timeout(60_000);
  const identities = new Identities();
  const open: NatsConnection[] = [];
  let acme: MadeTenant;
  let globex: MadeTenant;
  let instance: TenantServer;
  let startLog: string;
  let platform: IdentityServer;

  const opened = async (connecting: Promise<NatsConnection>) => {
    const connection = await connecting;
    open.push(connection);
    return connection;
  };
  const connectTo = (server: { connect: TenantServer["connect"] }, tenant: MadeTenant, user: string) =>
    opened(
      server.connect(
        tenant.creds[user] ?? assert.fail(`no creds of ${user}`),
        user === "observer" ? { inboxPrefix: observerInboxPrefix("observer") } : {},
      ),
    );
  const system = async () => unwrap(identities.platform.credentials.system.creds);

  before(async () => {
    const made = await identities.upPlatform();
    acme = await identities.upTenant("acme");
    globex = await identities.upTenant("globex");
    instance = await TenantServer.start(acme.instance);
    startLog = instance.log();
    platform = await IdentityServer.start({
      operatorJwt: await unwrap(made.operatorJwt),
      systemAccountId: await unwrap(made.systemAccountId),
      sentinelJwt: await unwrap(made.sentinelJwt),
      preload: { ...(await unwrap(made.preload)), [acme.id]: acme.jwt, [globex.id]: globex.jwt },
    });
  });
  afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));
  after(async () => {
    await instance?.stop();
    await platform?.stop();
  });

  for (const role of roles) {
    const cells = [
      ...Object.entries(publishing).map(([subject, may]) => [`publish ${subject}`, may] as const),
      ...Object.entries(subscribing).map(([subject, may]) => [`subscription ${subject}`, may] as const),
    ];

    for (const place of ["an instance", "the platform"] as const) {
      it(`lets ${role} do exactly what is its own on ${place}, ${cells.length} cells`, async () => {
        const connection = await connectTo(place === "an instance" ? instance : platform, acme, role);
        const violations = recordViolations(connection);
        // Not as a request: an allowed one must not change the platform that later tests look at.
        for (const subject of Object.keys(publishing)) if (!isHarmful(subject, role)) connection.publish(subject);
        for (const subject of Object.keys(subscribing)) connection.subscribe(subject, { callback: () => undefined });
        await connection.flush();
        const refused = cells.filter(([, may]) => !may.includes(role)).map(([cell]) => cell);
        await until("all refusals have come", () => violations.length >= refused.length);
        assert.deepEqual(violations.sort(), refused.sort());
      });
    }
  }

  it("serves the tenant's own requests over core NATS on an instance", async () => {
    const worker = await connectTo(instance, acme, "worker");
    const other = await connectTo(instance, acme, "worker");
    worker.subscribe("orders.price", { queue: "prices", callback: (_, message) => void message.respond("42") });
    await worker.flush();
    assert.equal((await other.request("orders.price", "", { timeout: 5000 })).string(), "42");
  });

  it("gives an observer the figures of its own account, and of no other", async () => {
    await connectTo(platform, acme, "worker");
    await connectTo(platform, globex, "worker");
    const observer = await connectTo(platform, acme, "observer");
    const { data } = (
      await observer.request("$SYS.REQ.ACCOUNT.PING.CONNZ", JSON.stringify({ auth: true }), { timeout: 5000 })
    ).json<{
      data: { connections: { account: string }[] };
    }>();
    assert.deepEqual(
      data.connections.map(({ account }) => account),
      [acme.id, acme.id],
    );
  });

  it("lets a worker use streams and buckets that an admin made, and not remake them", async () => {
    const admin = await connectTo(platform, acme, "admin");
    const manager = await jetstreamManager(admin);
    await manager.streams.add({ name: "ORDERS", subjects: ["orders.>"], max_bytes: 1024 ** 2 });
    await new Kvm(admin).create("STATE", { max_bytes: 1024 ** 2 });

    const worker = await connectTo(platform, acme, "worker");
    const theirs = await jetstreamManager(worker);
    await theirs.jetstream().publish("orders.created", "1");
    await theirs.consumers.add("ORDERS", { durable_name: "worker", ack_policy: "explicit" });
    const consumer = await theirs.jetstream().consumers.get("ORDERS", "worker");
    const message = await consumer.next({ expires: 5000 });
    assert.equal(message?.string(), "1");
    assert.equal(await message?.ackAck(), true);
    const bucket = await new Kvm(worker).open("STATE");
    const watch = await bucket.watch({ key: "key" });
    await bucket.put("key", "value");
    for await (const entry of watch) {
      assert.equal(entry.string(), "value");
      break;
    }
    await assert.rejects(theirs.streams.add({ name: "MINE", subjects: ["mine.>"] }), /permissions violation/i);
    await assert.rejects(theirs.streams.purge("ORDERS"), /permissions violation/i);
    await assert.rejects(theirs.streams.delete("ORDERS"), /permissions violation/i);

    const observer = await jetstreamManager(await connectTo(platform, acme, "observer"));
    assert.equal((await observer.streams.info("ORDERS")).state.messages, 1);
    await assert.rejects(observer.consumers.add("ORDERS", { durable_name: "mine" }), /permissions violation/i);
    const strangers = await jetstreamManager(await connectTo(platform, globex, "admin"));
    assert.deepEqual(await strangers.streams.list().next(), []);
  });

  it("holds the account to its limits", async () => {
    const admin = await connectTo(platform, acme, "admin");
    // The server tells it when it has looked up the account, after its own.
    await until("the client is told the account's limit", () => admin.info?.max_payload === 64 * 1024);
    const { limits } = await (await jetstreamManager(admin)).getAccountInfo();
    assert.deepEqual(
      [limits.max_memory, limits.max_storage, limits.max_streams, limits.max_consumers],
      [1024 ** 2, 8 * 1024 ** 2, 2, 10],
    );
  });

  describe("an instance", () => {
    it("lets in its tenant and the system account, and nobody else", async () => {
      for (const user of ["worker", "admin", "observer"]) await connectTo(instance, acme, user);
      await opened(instance.connect(await system()));
      for (const user of ["worker", "admin", "observer"]) {
        await assert.rejects(connectTo(instance, globex, user), /authorization violation/i, `globex ${user}`);
      }
      const { observer, "control-plane": control } = identities.platform.credentials;
      for (const { creds } of [observer, control]) {
        await assert.rejects(opened(instance.connect(await unwrap(creds))), /authorization violation/i);
      }
    });

    it("is healthy, has no JetStream, and takes its pod's name", async () => {
      const varz = (await (await fetch(`${instance.monitoringUrl}/varz`)).json()) as Record<string, unknown>;
      assert.equal(varz.server_name, "nats-acme-1-5f6d7c8b9-abcde");
      assert.deepEqual(varz.jetstream, {});
      assert.equal((await fetch(`${instance.monitoringUrl}/healthz`)).status, 200);
      assert.match(startLog, /Server is ready/);
      assert.doesNotMatch(startLog, /\[(ERR|WRN)\]/);
    });

    it("cannot be given the account of another tenant", async () => {
      const administrator = await opened(instance.connect(await system()));
      const answer = await administrator.request("$SYS.REQ.CLAIMS.UPDATE", globex.jwt, { timeout: 5000 });
      assert.match(answer.string(), /jwt store is full/);
      await assert.rejects(connectTo(instance, globex, "worker"), /authorization violation/i);
    });
  });
});

/** What an admin may publish and a server would act upon. */
function isHarmful(subject: string, role: Role): boolean {
  return role === "admin" && subject === "$SYS.REQ.CLAIMS.DELETE";
}
