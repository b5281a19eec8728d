import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { World } from "../../local/account-sync/world";
import type { TestAccount } from "../../local/world/identity";
import type { TestServer } from "../../local/world/servers";
import { until } from "../../local/world/until";
import { assertAllowed, assertDiscreet } from "./account-sync-conduct";
import { createCertificate } from "./verify-servers";

describe("account-sync, when things break", () => {
  let world: World;
  let acme: TestAccount;
  let acmeInstance: TestServer;

  before(async () => {
    world = await World.start();
    acme = world.operator.account("tenant-acme");
    world.putAccount(acme);
    acmeInstance = await world.addInstance(acme, acme.jwt({ issuedAt: 1_700_000_000 }));
    await world.untilActive(acme);
  });

  after(() => world.stop());

  afterEach(function () {
    if (this.currentTest?.isFailed()) world.printLogs();
  });

  it("closes a revoked user's connections on the other servers while one hangs", async () => {
    const user = acme.user();
    const connections = await Promise.all(
      [world.server(0), world.server(1), acmeInstance].map((at) => at.connect(user)),
    );
    world.server(2).freeze();
    try {
      const began = performance.now();
      world.putAccount(acme, { revoked: [user.publicKey] });
      await Promise.all(connections.map((connection) => connection.closed()));
      const elapsed = performance.now() - began;
      console.log(`      with one server hanging: ${elapsed.toFixed(0)} ms`);
      await until(
        "the status names it",
        async () => (await world.stateOn(acme, world.server(2)))?.state === "unreachable",
      );
      assert.equal((await world.statusOf(acme))?.active, false);
    } finally {
      world.server(2).thaw();
    }
    await world.untilActive(acme);
  });

  it("does not wait for ever for a server that is down, and deletes the account there when it returns", async () => {
    const late = world.operator.account("tenant-late");
    world.putAccount(late);
    await world.untilActive(late);
    await world.server(2).kill();
    world.deleteSecret(late);
    const took = await until("the Secret is gone", () => !world.hasSecret(late), { timeoutMs: 40_000 });
    console.log(`      gone after ${(took / 1000).toFixed(1)} s`);
    assert.ok(world.server(2).stored(late), "the server that is down has its copy");
    await world.server(2).start();
    const back = await until("its copy is gone", () => world.server(2).stored(late) === undefined);
    console.log(`      deleted ${back.toFixed(0)} ms after the server was back`);
    const user = late.user();
    for (const at of world.fleet.platform) assert.ok(!(await at.admits(user)), at.name);
    await world.untilActive(acme);
  });

  it("ends a deletion that the leader has left half done", async () => {
    const half = world.operator.account("tenant-half");
    world.putAccount(half);
    await world.untilActive(half);
    const leader = await world.leader();
    await world.server(2).kill();
    world.deleteSecret(half);
    await until("the others have dropped it", () => world.server(0).stored(half) === undefined);
    await leader.kill();
    await until("the Secret is gone", () => !world.hasSecret(half), { timeoutMs: 40_000 });
    assert.ok(world.tombstones().includes(half.id));
    leader.start();
    await world.server(2).start();
    await until("the last copy is gone", () => world.server(2).stored(half) === undefined);
    await until("it is back", () => leader.isReady());
  });

  it("catches up a server that was down while accounts changed, revocations first of all", async () => {
    const user = acme.user();
    await world.server(1).kill();
    world.putAccount(acme, { revoked: [user.publicKey] });
    const added = world.operator.account("tenant-added");
    world.putAccount(added);
    await until(
      "the status names the server",
      async () => (await world.stateOn(acme, world.server(1)))?.state === "unreachable",
    );
    await world.server(1).start();
    await world.untilActive(acme);
    await world.untilActive(added);
    assert.ok(!(await world.server(1).admits(user)));
    assert.ok(await world.server(1).admits(added.user()));
  });

  it("goes on after the API server was restarted", async () => {
    await world.kubernetes.stop();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await world.kubernetes.start();
    world.putAccount(acme);
    await world.untilActive(acme);
  });

  it("lets the other replica take over when the leader is killed in the middle of a push", async () => {
    const leader = await world.leader();
    const accounts = Array.from({ length: 300 }, (_, i) => world.operator.account(`tenant-many-${i}`));
    for (const account of accounts) world.putAccount(account);
    await until("some have been pushed", () => accounts.some((account) => world.server(0).stored(account)), {
      pollMs: 1,
    });
    await leader.kill();
    const stored = accounts.filter((account) => world.server(0).stored(account)).length;
    const took = await until(
      "all are there",
      () => accounts.every((account) => world.fleet.platform.every((at) => at.stored(account))),
      { timeoutMs: 40_000 },
    );
    console.log(
      `      ${stored} of 300 were there, the rest ${(took / 1000).toFixed(1)} s after the leader was killed`,
    );
    assert.ok(stored < 300, "the leader was done before it was killed");
    assert.notEqual((await world.leader()).name, leader.name);
    leader.start();
    await until("it is back", () => leader.isReady());
  });

  it("lets go of the lease when it is told to end, so that the other replica leads at once", async () => {
    const leader = await world.leader();
    assert.equal(await leader.end(), 0);
    const other = world.replicas.find((replica) => replica !== leader);
    const took = await until("the other leads", async () => (await other?.metric("account_sync_leader")) === 1);
    console.log(`      the other leads after ${(took / 1000).toFixed(1)} s`);
    assert.ok(took < 5_000);
    leader.start();
    await until("it is back", () => leader.isReady());
  });

  it("asks Kubernetes for nothing its Roles do not allow", () => assertAllowed(world.kubernetes.requests));

  it("writes no JWT, no seed and no broken line to its log", () => assertDiscreet(world.replicas));
});

describe("account-sync, where servers are not of one cluster and clients use TLS", () => {
  let world: World;
  let dir: string;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), "nats-platform-account-sync-tls-"));
    world = await World.start({ apart: 2, tls: createCertificate(dir) });
  });

  after(async () => {
    await world.stop();
    rmSync(dir, { recursive: true });
  });

  it("hands accounts to each, and knows who holds what", async () => {
    const account = world.operator.account("tenant-acme");
    world.putAccount(account);
    await world.untilActive(account);
    world.putAccount(account);
    await world.untilActive(account);
    const stored = new Set(world.fleet.platform.map((server) => server.stored(account)));
    assert.equal(stored.size, 1);
    world.deleteSecret(account);
    await until("the Secret is gone", () => !world.hasSecret(account));
    assert.ok(world.fleet.platform.every((server) => server.stored(account) === undefined));
  });
});
