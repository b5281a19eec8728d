import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { jetstreamManager, StorageType } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/nats-core";
import { finalExitCode } from "../../components/platform/apply-script";
import { bucketFiles } from "../../components/platform/bucket-files";
import type { Login, Logins } from "../../components/workstation/accounts";
import { JwtIdentity } from "../../components/workstation/jwt-identity";
import { StaticIdentity } from "../../components/workstation/static-identity";
import { workstationArgs } from "../../stacks/workstation-args";
import { parseWorkstationConfig } from "../../stacks/workstation-config";
import { FakeEngine, unwrap } from "../unit/components/identity/fake-engine";
import { applyFiles, WorkstationServer } from "./workstation-server";

const { accounts } = workstationArgs(
  parseWorkstationConfig({
    workstation: {
      accounts: {
        NOETL: {
          users: ["noetl", "gateway"],
          jetstream: { memoryStorage: "1Mi", diskStorage: "8Mi" },
          buckets: [{ name: "sessions", maxSize: "1Mi" }],
          streams: [{ name: "orders", subjects: ["orders.>"], retention: "workqueue", maxAge: "1h", maxSize: "1Mi" }],
        },
        SHOP: { users: ["shop"] },
      },
    },
  }),
);

const kinds = {
  jwt: (engine: FakeEngine) =>
    engine.up(() => new JwtIdentity("workstation", { namespace: "nats-workstation", accounts, epoch: 1 })),
  static: (engine: FakeEngine) =>
    engine.up(() => new StaticIdentity("workstation", { namespace: "nats-workstation", accounts })),
};

for (const [kind, up] of Object.entries(kinds)) {
  describe(`a workstation with auth ${kind}, on a real nats-server`, function () {
    this.timeout(60_000);
    const open: NatsConnection[] = [];
    let server: WorkstationServer;
    let logins: Logins;

    before(async () => {
      const engine = new FakeEngine(Math.floor(Date.now() / 1000) - 3600, randomBytes(8).toString("hex"));
      const { result } = await up(engine);
      logins = await unwrap(result.logins);
      server = await WorkstationServer.start(await unwrap(result.authConfig));
    });
    afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));
    after(() => server?.stop());

    const loginOf = (account: string, user: string): Login => logins[account]?.[user] ?? assert.fail(user);
    async function connect(account: string, user: string, login = loginOf(account, user)): Promise<NatsConnection> {
      const connection = await server.connect(user, login);
      open.push(connection);
      return connection;
    }

    it("lets every user in, to its account, and the system's to the system account", async () => {
      for (const [account, users] of Object.entries(logins)) {
        for (const user of Object.keys(users)) {
          const connection = await connect(account, user);
          const { data } = (await connection.request("$SYS.REQ.USER.INFO")).json<{ data: { account: string } }>();
          const names = account === "SYS" ? /^(\$SYS|A[A-Z2-7]{55})$/ : new RegExp(`^(${account}|A[A-Z2-7]{55})$`);
          assert.match(data.account, names, user);
        }
      }
      const system = await connect("SYS", "sys");
      const answer = await system.request("$SYS.REQ.SERVER.PING.VARZ");
      assert.equal(
        answer.json<{ data: { jetstream: { config: { max_memory: number } } } }>().data.jetstream.config.max_memory,
        2 ** 30,
      );
    });

    it("refuses who has no login, a wrong one, or another's", async () => {
      await assert.rejects(server.connect("noetl", { password: "wrong" }), /authorization/i);
      await assert.rejects(server.connect("nobody", { password: "nobody" }), /authorization/i);
      await assert.rejects(server.connect("", { password: "" }), /authorization/i);
      const { result } = await kinds.jwt(new FakeEngine(1_795_270_000, "another operator"));
      const foreign = (await unwrap(result.logins)).NOETL?.noetl ?? assert.fail();
      await assert.rejects(server.connect("noetl", foreign), /authorization/i);
    });

    it("shows an account nothing of the system account, nor of another", async () => {
      const noetl = await connect("NOETL", "noetl");
      await assert.rejects(noetl.request("$SYS.REQ.SERVER.PING.VARZ", "", { timeout: 300 }));
      const heard: string[] = [];
      for (const subject of ["$SYS.>", "orders.>"]) {
        noetl.subscribe(subject, { callback: (_, message) => void heard.push(message.subject) });
      }
      await noetl.flush();
      const shop = await connect("SHOP", "shop");
      shop.publish("orders.1");
      await shop.flush();
      // The gateway is of the account: what it says is heard, and so would have been what was said before.
      const gateway = await connect("NOETL", "gateway");
      gateway.publish("orders.2");
      await gateway.flush();
      await noetl.flush();
      assert.deepEqual(heard, ["orders.2"]);
    });

    it("keeps each account's streams and buckets apart", async () => {
      const noetl = await connect("NOETL", "noetl");
      const bucket = await new Kvm(noetl).create("sessions", { max_bytes: 1024 });
      await bucket.put("a", "1");
      const shop = await connect("SHOP", "shop");
      assert.deepEqual(await (await jetstreamManager(shop)).streams.names().next(), []);
      await (await jetstreamManager(noetl)).streams.delete("KV_sessions");
    });

    it("takes the buckets and streams of its account's Job, as often as that runs", async () => {
      const [noetl] = accounts;
      const files = bucketFiles(noetl?.buckets ?? [], noetl?.streams);
      for (const action of ["CREATE", "UPDATE"]) {
        const { status, output } = await applyFiles(files, server.url, "noetl", loginOf("NOETL", "noetl"));
        assert.equal(status, 0, output);
        assert.match(output, new RegExp(`orders: ${action} ok\n`));
        assert.match(output, new RegExp(`sessions: ${action} ok\n`));
      }
      const connection = await connect("NOETL", "noetl");
      const status = await (await new Kvm(connection).open("sessions")).status();
      assert.deepEqual([status.ttl, status.max_bytes, status.replicas], [300_000, 2 ** 20, 1]);
      const manager = await jetstreamManager(connection);
      const { config } = await manager.streams.info("orders");
      assert.deepEqual(
        [config.subjects, config.retention, config.max_age, config.max_bytes],
        [["orders.>"], "workqueue", 3_600_000_000_000, 2 ** 20],
      );
      connection.publish("orders.1", "kept");
      await connection.flush();
      const shorter = bucketFiles(
        [],
        noetl?.streams.map((stream) => ({ ...stream, maxAgeSeconds: 60 })),
      );
      const refused = await applyFiles(shorter, server.url, "noetl", loginOf("NOETL", "noetl"));
      assert.equal(refused.status, finalExitCode, refused.output);
      assert.match(refused.output, /orders: the TTL is shorter than before/);
      await manager.streams.delete("orders");
      await manager.streams.delete("KV_sessions");
    });

    it("stores no more for an account than it may, on disk and in memory, and has none of that for the system account", async () => {
      const manager = await jetstreamManager(await connect("NOETL", "noetl"));
      const { limits } = await manager.getAccountInfo();
      assert.equal(limits.max_storage, 8 * 2 ** 20);
      assert.equal(limits.max_memory, 2 ** 20);
      assert.equal(limits.max_streams, 100);
      const tooLarge = { [StorageType.File]: 9 * 2 ** 20, [StorageType.Memory]: 2 * 2 ** 20 };
      for (const [storage, max_bytes] of Object.entries(tooLarge)) {
        const wanted = { name: "large", subjects: ["large"], storage: storage as StorageType, max_bytes };
        await assert.rejects(manager.streams.add(wanted), /insufficient|exceed|resource/i, storage);
      }
      await assert.rejects(jetstreamManager(await connect("SYS", "sys"), { timeout: 500 }));
    });

    it("holds an account to its limit of subscriptions of one connection", async () => {
      const noetl = await connect("NOETL", "noetl");
      const refused = new Promise<string>((resolve) => {
        void (async () => {
          for await (const status of noetl.status()) if (status.type === "error") resolve(String(status.error));
        })();
        noetl.closed().then((error) => resolve(String(error)));
      });
      for (let count = 0; count <= 10_000; count++) noetl.subscribe(`many.${count}`);
      assert.match(await refused, /subscriptions/i);
    });
  });
}
