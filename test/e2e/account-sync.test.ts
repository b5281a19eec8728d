import assert from "node:assert/strict";
import { percentile } from "../../bench/statistics";
import { installAccountSync } from "../../local/account-sync/service";
import { World } from "../../local/account-sync/world";
import type { TestAccount } from "../../local/world/identity";
import { runProgram } from "../../local/world/replica";
import type { TestServer } from "../../local/world/servers";
import { until } from "../../local/world/until";
import { assertAllowed, assertDiscreet } from "./account-sync-conduct";

describe("account-sync, two replicas against three clustered servers and two instances", () => {
  let world: World;
  let acme: TestAccount;
  let acmeInstance: TestServer;
  let globexInstance: TestServer;

  before(async () => {
    world = await World.start();
    acme = world.operator.account("tenant-acme");
    const globex = world.operator.account("tenant-globex");
    world.putAccount(acme);
    world.putAccount(globex);
    acmeInstance = await world.addInstance(acme, acme.jwt({ issuedAt: 1_700_000_000 }));
    globexInstance = await world.addInstance(globex, globex.jwt({ issuedAt: 1_700_000_000 }));
    await world.untilActive(globex);
  });

  after(() => world.stop());

  afterEach(function () {
    if (this.currentTest?.isFailed()) world.printLogs();
  });

  it("hands a new account to every server it belongs on, and to no other", async () => {
    await world.untilActive(acme);
    const status = await world.statusOf(acme);
    assert.deepEqual(status?.servers.map(({ server: name, state }) => `${name} ${state}`).sort(), [
      "nats-0 current",
      "nats-1 current",
      "nats-2 current",
      "nats-acme-1 current",
    ]);
    const user = acme.user();
    for (const at of [...world.fleet.platform, acmeInstance]) assert.ok(await at.admits(user), `${at.name} refuses`);
    assert.ok(!(await globexInstance.admits(user)));
    assert.equal(globexInstance.stored(acme), undefined);
  });

  it("updates it everywhere, and leaves its connections alone", async () => {
    const connections = await Promise.all([world.server(0), acmeInstance].map((at) => at.connect(acme.user())));
    world.putAccount(acme);
    await world.untilActive(acme);
    for (const connection of connections) {
      assert.equal(connection.isClosed(), false);
      await connection.close();
    }
    const stored = new Set([...world.fleet.platform, acmeInstance].map((at) => at.stored(acme)));
    assert.equal(stored.size, 1);
  });

  it("closes the connections of a revoked user within two seconds, on platform and instance", async () => {
    const revoked: string[] = [];
    const times: number[] = [];
    for (let round = 0; round < 40; round++) {
      const user = acme.user();
      const other = await world.server(round % 3).connect(acme.user());
      const connections = await Promise.all([...world.fleet.platform, acmeInstance].map((at) => at.connect(user)));
      revoked.push(user.publicKey);
      const began = performance.now();
      world.putAccount(acme, { revoked });
      await Promise.all(connections.map((connection) => connection.closed()));
      times.push(performance.now() - began);
      assert.equal(other.isClosed(), false);
      await other.close();
      await world.untilActive(acme);
    }
    console.log(
      `      revocation to closed: p50 ${percentile(times, 50).toFixed(0)} ms, p99 ${percentile(times, 99).toFixed(0)} ms`,
    );
    assert.ok(percentile(times, 99) < 2_000);
  });

  describe("an account is deleted", () => {
    it("keeps the Secret until its connections are closed everywhere and nobody is let in", async () => {
      const doomed = world.operator.account("tenant-doomed");
      world.putAccount(doomed);
      const instance = await world.addInstance(doomed, doomed.jwt({ issuedAt: 1_700_000_000 }));
      await world.untilActive(doomed);
      const user = doomed.user();
      const everywhere = [...world.fleet.platform, instance];
      const connections = await Promise.all(everywhere.map((at) => at.connect(user)));
      world.deleteSecret(doomed);
      const took = await until("the Secret is gone", () => !world.hasSecret(doomed));
      console.log(`      gone after ${took.toFixed(0)} ms`);
      assert.ok(connections.every((connection) => connection.isClosed()));
      for (const at of everywhere) {
        assert.equal(at.stored(doomed), undefined, at.name);
        assert.ok(!(await at.admits(user)), at.name);
      }
      assert.deepEqual(world.tombstones(), [doomed.id]);
      assert.equal(await world.statusOf(doomed), undefined);
      world.removePod(instance, "tenants");
    });

    it("closes connections on a server that has lost the account's file", async () => {
      const lost = world.operator.account("tenant-lost");
      world.putAccount(lost);
      await world.untilActive(lost);
      const user = lost.user();
      const connection = await world.server(1).connect(user);
      world.server(1).tamper(lost, undefined);
      world.deleteSecret(lost);
      await until("the Secret is gone", () => !world.hasSecret(lost));
      assert.ok(connection.isClosed());
      for (const at of world.fleet.platform) assert.ok(!(await at.admits(user)), at.name);
    });

    it("takes back a tombstone when the account's Secret is made anew", async () => {
      const again = world.operator.account("tenant-again");
      world.putAccount(again);
      await world.untilActive(again);
      const user = again.user();
      await (await world.server(0).connect(user)).close();
      world.deleteSecret(again);
      await until("the Secret is gone", () => !world.hasSecret(again));
      assert.ok(world.tombstones().includes(again.id));
      world.putAccount(again);
      await world.untilActive(again);
      await until("the tombstone is gone", () => !world.tombstones().includes(again.id));
      for (const at of world.fleet.platform) assert.ok(await at.admits(user), at.name);
    });

    it("stays with the account when it is not its own Secret that is deleted", async () => {
      const { data = {} } = world.kubernetes.get("secrets", "nats-accounts", "nats-account-tenant-acme") ?? {};
      const metadata = { name: "nats-account-copy", namespace: "nats-accounts" };
      const original = world.kubernetes.get("secrets", "nats-accounts", "nats-account-tenant-acme")?.metadata;
      const { labels, annotations, finalizers } = original ?? {};
      world.kubernetes.put("secrets", { metadata: { ...metadata, labels, annotations, finalizers }, data });
      world.kubernetes.delete("secrets", "nats-accounts", metadata.name);
      await until("the copy is gone", () => !world.kubernetes.get("secrets", "nats-accounts", metadata.name));
      assert.ok(await world.server(0).admits(acme.user()));
      await world.untilActive(acme);
    });
  });

  describe("the program that waits for an account", () => {
    const wait = async (account: string, digest: string, seconds: number) => {
      const args = await installAccountSync("wait", world.fleet.folder(`wait-${account}-${seconds}`));
      const url = (await world.leader()).url(`accounts/${account}`);
      return runProgram(args, { STATUS_URL: url, DIGEST: digest, TIMEOUT_SECONDS: String(seconds) });
    };

    it("ends well when the account is active everywhere", async () => {
      const digest = (await world.statusOf(acme))?.digest ?? "";
      const { code, output } = await wait("tenant-acme", digest, 10);
      assert.equal(code, 0, output);
      assert.match(output, /nats-0 {7}current/);
    });

    it("fails when time is up, and says which server holds what", async () => {
      await world.server(1).kill();
      world.putAccount(acme);
      const isCurrent = async (at: TestServer) => (await world.stateOn(acme, at))?.state === "current";
      await until(
        "the others have it",
        async () => (await isCurrent(world.server(0))) && (await isCurrent(world.server(2))),
      );
      const { code, output } = await wait("tenant-acme", (await world.statusOf(acme))?.digest ?? "", 1);
      assert.equal(code, 1);
      assert.match(output, /not active on every server after 1 s\naccount tenant-acme\nnats-1 {7}unreachable {2}\w+/);
      await world.server(1).start();
      await world.untilActive(acme);
    });

    it("fails when there is no such account", async () => {
      const { code, output } = await wait("tenant-nobody", "0", 1);
      assert.equal(code, 1);
      assert.match(output, /gives no status: it answers 404/);
    });
  });

  it("hands 1,000 new accounts to three servers, and knows them there, within 20 seconds", async () => {
    const accounts = Array.from({ length: 1_000 }, (_, i) => world.operator.account(`tenant-bulk-${i}`));
    const versions = accounts.map((account) => [account, account.jwt()] as const);
    const leader = await world.leader();
    const began = performance.now();
    for (const [account, jwt] of versions) world.putSecret(account, { jwt });
    const created = performance.now() - began;
    const bulk = async () => (await leader.accounts()).filter(({ account }) => account.startsWith("tenant-bulk-"));
    const isDone = async () => {
      const statuses = await bulk();
      return statuses.length === 1_000 && statuses.every(({ active }) => active);
    };
    await until("all are active", isDone, { timeoutMs: 60_000, pollMs: 100 });
    const took = performance.now() - began;
    console.log(
      `      1,000 accounts: ${(took / 1000).toFixed(1)} s, of which the test took ${(created / 1000).toFixed(1)} s to create them`,
    );
    assert.ok(took - created < 20_000);
    for (const [account, jwt] of versions) for (const at of world.fleet.platform) assert.equal(at.stored(account), jwt);
  });

  it("asks Kubernetes for nothing its Roles do not allow", () => assertAllowed(world.kubernetes.requests));

  it("writes no JWT, no seed and no broken line to its log", () => assertDiscreet(world.replicas));
});
