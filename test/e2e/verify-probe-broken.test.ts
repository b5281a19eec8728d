import assert from "node:assert/strict";
import { bundledProbe, detail, red } from "./verify-results";
import { type Faults, runProbe, TestServers } from "./verify-servers";

describe("the probe against servers that are not sound", () => {
  let probe: string;
  let servers: TestServers;

  before(async () => {
    probe = await bundledProbe();
  });

  afterEach(() => servers.stop());

  async function probeOf(faults: Faults, damage: (servers: TestServers) => Promise<void> | void = () => {}) {
    servers = await TestServers.start(faults);
    await damage(servers);
    return runProbe(probe, servers.settings());
  }

  it("names the server that lost its power", async () => {
    const results = await probeOf({}, (servers) => servers.kill(2));
    assert.match(detail(results, "servers-connect"), /^nats-2 does not answer/);
    for (const name of ["cluster-formed", "operator-trusted", "resolver-accounts", "jetstream-meta-leader"]) {
      assert.equal(detail(results, name), "no answer from nats-2");
    }
    // What a stream with a replica on a dead server fails at first depends on who led what.
    assert.equal(results.get("stream-r3")?.ok, false, detail(results, "stream-r3"));
    assert.equal(detail(results, "connect-refused-jwt-without-key"), "refused by 2 of 2 servers asked");
    assert.equal(results.get("client-connect")?.ok, true);
  });

  it("names the server without routes", async () => {
    const results = await probeOf({ isolated: 1 });
    assert.equal(detail(results, "cluster-formed"), "no answer from nats-1");
    assert.equal(results.get("servers-connect")?.ok, true);
  });

  it("names the server that lets everybody in", async () => {
    const results = await probeOf({ open: 1 });
    for (const kind of ["without-creds", "foreign-operator", "jwt-without-key", "expired-jwt"]) {
      assert.equal(detail(results, `connect-refused-${kind}`), "nats-1 let us in");
    }
    assert.match(detail(results, "sentinel"), /nats-1 let us in/);
  });

  it("ends in time when the servers hang", async () => {
    const started = Date.now();
    const results = await probeOf({}, (servers) => {
      for (const index of [0, 1, 2]) servers.freeze(index);
    });
    assert.equal([...results.values()].filter(({ ok }) => ok).length, 0);
    assert.deepEqual(red(results).sort(), ["client-connect", "servers-connect"]);
    assert.ok(Date.now() - started < 60_000);
  });

  it("ends in time when there is no server", async () => {
    const results = await probeOf({}, async (servers) => {
      for (const index of [0, 1, 2]) await servers.kill(index);
    });
    assert.match(detail(results, "client-connect"), /refused/);
    assert.equal([...results.values()].filter(({ ok }) => ok).length, 0);
  });
});
