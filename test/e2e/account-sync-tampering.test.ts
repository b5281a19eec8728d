import assert from "node:assert/strict";
import { World } from "../../local/account-sync/world";
import { newKey, now, type TestAccount } from "../../local/world/identity";
import type { TestServer } from "../../local/world/servers";
import { until } from "../../local/world/until";
import { assertAllowed, assertDiscreet } from "./account-sync-conduct";

/** A look at everything is due every 30 s; twice as long for a busy machine. */
const sweepTimeout = { timeoutMs: 70_000 };

describe("account-sync, when somebody tampers with servers and Secrets", () => {
  let world: World;
  let acme: TestAccount;
  let acmeInstance: TestServer;
  let globex: TestAccount;

  before(async () => {
    world = await World.start();
    acme = world.operator.account("tenant-acme");
    globex = world.operator.account("tenant-globex");
    world.putAccount(acme);
    world.putAccount(globex);
    acmeInstance = await world.addInstance(acme, acme.jwt({ issuedAt: 1_700_000_000 }));
    await world.untilActive(acme);
    await world.untilActive(globex);
  });

  after(() => world.stop());

  afterEach(function () {
    if (this.currentTest?.isFailed()) world.printLogs();
  });

  describe("somebody tampers with servers", () => {
    it("repairs a JWT whose file is gone", async () => {
      world.server(1).tamper(acme, undefined);
      const took = await until(
        "the file is back",
        () => world.server(1).stored(acme) === world.server(0).stored(acme),
        sweepTimeout,
      );
      console.log(`      repaired after ${(took / 1000).toFixed(1)} s`);
    });

    it("repairs a JWT whose file was changed", async () => {
      world.server(2).tamper(acme, acme.jwt({ issuedAt: 1_700_000_001 }));
      await until(
        "the file is right again",
        () => world.server(2).stored(acme) === world.server(0).stored(acme),
        sweepTimeout,
      );
    });

    it("brings back an account that was deleted on all servers by an order of the operator", async () => {
      const user = acme.user();
      await (await world.server(0).connect(user)).close();
      await world.asSystem(world.server(0), (system) => system.request("$SYS.REQ.CLAIMS.DELETE", acme.deleteJwt()));
      assert.ok(!(await world.server(0).admits(user)));
      await until("its users are let in again", () => world.server(0).admits(user), { ...sweepTimeout, pollMs: 500 });
      await world.untilActive(acme);
    });

    it("brings back an account that was deleted on an instance", async () => {
      const user = acme.user();
      await (await acmeInstance.connect(user)).close();
      await world.asSystem(acmeInstance, (system) => system.request("$SYS.REQ.CLAIMS.DELETE", acme.deleteJwt()));
      await until("its users are let in again", () => acmeInstance.admits(user), { ...sweepTimeout, pollMs: 500 });
      await world.untilActive(acme);
    });

    it("replaces the JWT of a stranger that a server took", async () => {
      const strange = acme.jwt({ signer: newKey("operator"), issuedAt: now() });
      await world.asSystem(world.server(0), (system) => system.request("$SYS.REQ.CLAIMS.UPDATE", strange));
      assert.equal(world.server(0).stored(acme), strange);
      await until("ours is back", () => world.fleet.platform.every((at) => at.stored(acme) !== strange), sweepTimeout);
    });

    it("leaves an account alone that no Secret is about, and says so", async () => {
      const unknown = world.operator.account("unknown");
      await world.asSystem(world.server(0), (system) => system.request("$SYS.REQ.CLAIMS.UPDATE", unknown.jwt()));
      const leader = await world.leader();
      const reported = async () => (await leader.metric("account_sync_unknown_accounts")) === 3;
      await until("it is reported", reported, sweepTimeout);
      assert.ok(world.server(0).stored(unknown));
    });
  });

  describe("somebody tampers with a Secret", () => {
    /** A text in acme's Secret, or an id beside it, and what is said about it. */
    const mistakes: Record<string, { put(): void; problem: RegExp }> = {
      "a JWT that is none": {
        put: () => world.putSecret(acme, { jwt: "garbage" }),
        problem: /not a NATS JWT/,
      },
      "another account's JWT": {
        put: () => world.putSecret(acme, { jwt: globex.jwt() }),
        problem: /holds the JWT of account A\w+, annotation/,
      },
      "another account's id": {
        put: () => world.putSecret(acme, { jwt: acme.jwt(), id: globex.id }),
        problem: /holds the JWT of account A\w+, annotation/,
      },
      "a JWT signed by a stranger": {
        put: () => world.putAccount(acme, { signer: newKey("operator") }),
        problem: /does not let sign accounts/,
      },
    };

    for (const [what, { put, problem }] of Object.entries(mistakes)) {
      it(`pushes nothing when there is ${what} in it, and says why`, async () => {
        const before = world.server(0).stored(acme);
        put();
        await until("the problem is reported", async () => problem.test((await world.statusOf(acme))?.problem ?? ""));
        const leader = await world.leader();
        assert.equal((await world.statusOf(acme))?.active, false);
        assert.ok(((await leader.metric('account_sync_accounts{state="invalid"}')) ?? 0) > 0);
        assert.equal((await world.statusOf(globex))?.active, true);
        for (const at of [...world.fleet.platform, acmeInstance]) assert.equal(at.stored(acme), before);
        assert.ok(await world.server(0).admits(acme.user()));
        world.putAccount(acme);
        await world.untilActive(acme);
        await world.untilActive(globex);
      });
    }

    it("does not push an older JWT than servers hold, which might let revoked users in again", async () => {
      const before = world.server(0).stored(acme);
      world.putAccount(acme, { issuedAt: 1_700_000_002 });
      await until("it is reported", async () =>
        /newer JWT/.test((await world.stateOn(acme, world.server(0)))?.detail ?? ""),
      );
      assert.equal((await world.statusOf(acme))?.active, false);
      for (const at of [...world.fleet.platform, acmeInstance]) assert.equal(at.stored(acme), before);
      world.putAccount(acme);
      await world.untilActive(acme);
    });
  });

  it("asks Kubernetes for nothing its Roles do not allow", () => assertAllowed(world.kubernetes.requests));

  it("writes no JWT, no seed and no broken line to its log", () => assertDiscreet(world.replicas));
});
