import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { natsOptions } from "../../clients/typescript/nats-options";
import { type LoginOutcome, login } from "../../local/auth-callout/login";
import type { Workload } from "../../local/auth-callout/token-issuer";
import { CalloutWorld } from "../../local/auth-callout/world";
import type { Replica } from "../../local/world/replica";
import { until } from "../../local/world/until";
import { assertAllowed, assertDiscreet, counted, since } from "./auth-callout-conduct";

const keysPath = "/openid/v1/jwks";

describe("auth-callout, when things break", function () {
  this.timeout(60_000);
  let world: CalloutWorld;
  let web: Workload;
  let first: Replica;
  let second: Replica;
  const presented: string[] = [];
  const open: NatsConnection[] = [];
  let tokens = 0;

  before(async () => {
    world = await CalloutWorld.start();
    const [one, other] = world.replicas;
    assert.ok(one && other);
    [first, second] = [one, other];
    web = world.cluster.addPod("shop", "web");
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) world.printLogs();
    world.cluster.kubernetes.disturb = () => {};
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  after(() => world.stop());

  /** A token that nobody has seen. */
  async function newToken(workload = web, issuer = world.tokens): Promise<string> {
    tokens += 1;
    const token = await issuer.token(workload, { jti: `token-${tokens}` });
    presented.push(token);
    return token;
  }

  async function attempt(token?: string, from?: string): Promise<LoginOutcome> {
    const given = token ?? (await newToken());
    return login(world.server(tokens % 3).address, { token: given }, from);
  }

  /** Connects as an app with the client helper does. */
  async function app(warn: (message: string) => void = () => {}): Promise<NatsConnection> {
    const file = world.fleet.file("token", await newToken());
    const connection = await connect(natsOptions({ NATS_URL: world.url(1), NATS_TOKEN_FILE: file }, { warn }));
    open.push(connection);
    return connection;
  }

  /** Logs in every 20 ms for some time, each client again and again until it is in. @returns tries that each took */
  async function stream(ms: number, meanwhile: () => Promise<unknown>): Promise<number[]> {
    const clients: Promise<number>[] = [];
    const client = async () => {
      const token = await newToken();
      for (let tries = 1; ; tries++) {
        if ((await attempt(token)).error === undefined) return tries;
        if (tries > 10) throw new Error("a client stays out");
      }
    };
    const end = performance.now() + ms;
    let done: Promise<unknown> | undefined;
    while (performance.now() < end) {
      clients.push(client());
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (clients.length === 10) done = meanwhile();
    }
    const tries = await Promise.all(clients);
    await done;
    return tries;
  }

  it("keeps no client out when a replica is killed in the middle of logins", async () => {
    const tries = await stream(1_500, () => second.kill());
    assert.ok(tries.length > 20, `only ${tries.length} logins`);
    console.log(`      ${tries.filter((count) => count > 1).length} of ${tries.length} logins had to be tried again`);
    await world.startReplica(second);
  });

  it("drops no login when a replica is told to end", async () => {
    let code: number | null = null;
    const tries = await stream(1_500, async () => {
      code = await second.end();
    });
    assert.equal(code, 0);
    assert.ok(tries.length > 20, `only ${tries.length} logins`);
    assert.deepEqual(
      tries.filter((count) => count > 1),
      [],
    );
  });

  it("refuses a client unheard that has failed ten times, and neither others nor a token that was good before", async () => {
    const token = await newToken();
    const from = "127.2.0.1";
    assert.equal((await attempt(token, from)).error, undefined);
    const before = await counted(world);
    for (let count = 0; count < 12; count++) {
      assert.equal((await attempt("garbage", from)).error, "Authorization Violation");
    }
    assert.equal((await attempt(await newToken(), from)).error, "Authorization Violation");
    assert.deepEqual(since(before, await counted(world)), { "refused malformed": 10, "refused rate-limited": 3 });
    assert.equal((await attempt(token, from)).error, undefined);
    assert.equal((await attempt(await newToken(), "127.2.0.2")).error, undefined);
  });

  it("keeps connections alive while no replica is there, lets clients wait, and the system account's user in", async () => {
    const living = await app();
    living.subscribe("shop.echo", { callback: (_, message) => void message.respond(message.data) });
    await living.flush();
    await first.kill();
    const warnings: string[] = [];
    const waiting = app((message) => warnings.push(message));
    await until("a login has failed", () => warnings.length > 0);
    assert.match(warnings[0] ?? "", /refuses ServiceAccount shop\/web, has no callout at present/);
    assert.ok(await world.server(2).admits(world.operator.system.user()));
    assert.ok(await world.server(2).admits(world.acme.account.user()));
    assert.equal((await living.request("shop.echo", "still here")).string(), "still here");
    await world.startReplica(first);
    await (await waiting).flush();
  });

  it("takes no logins before it has the cluster's keys, so that the other replica's clients are let in", async () => {
    world.cluster.kubernetes.disturb = (path) => {
      if (path === keysPath) throw new Error("down");
    };
    second.start();
    await until("it says why", async () => {
      const response = await fetch(second.url("readyz")).catch(() => undefined);
      return (await response?.text()) === "the cluster's keys are not known yet\n";
    });
    for (let count = 0; count < 10; count++) assert.equal((await attempt()).error, undefined);
    world.cluster.kubernetes.disturb = () => {};
    await until("it is ready", () => second.isReady());
  });

  it("starts with keys that are slow to come", async () => {
    await second.kill();
    world.cluster.kubernetes.disturb = async (path) => {
      if (path === keysPath) await new Promise((resolve) => setTimeout(resolve, 1_000));
    };
    await world.startReplica(second);
    for (let count = 0; count < 4; count++) assert.equal((await attempt()).error, undefined);
  });

  it("lets in by the keys it has while they are not to be had, and by a new one once it is published", async () => {
    world.cluster.kubernetes.disturb = (path) => {
      if (path === keysPath) throw new Error("down");
    };
    const former = await world.tokens.rotate();
    assert.equal((await attempt(await newToken(web, former))).error, undefined);
    assert.equal((await attempt()).error, "Authorization Violation");
    world.cluster.kubernetes.disturb = () => {};
    const keys = async (replica: Replica) => replica.output.includes('"ids":["key-2"]');
    const took = await until(
      "both have the new key",
      async () => {
        await attempt();
        return (await keys(first)) && (await keys(second));
      },
      { pollMs: 500 },
    );
    console.log(`      ${(took / 1_000).toFixed(1)} s until both replicas had the new key`);
    for (let count = 0; count < 4; count++) assert.equal((await attempt()).error, undefined);
    assert.equal((await attempt(await newToken(web, former), "127.2.0.3")).error, "Authorization Violation");
  });

  it("goes on by what it knows while the API server is away, and learns of new pods when it returns", async () => {
    const { cluster } = world;
    await cluster.kubernetes.stop();
    for (let count = 0; count < 4; count++) assert.equal((await attempt()).error, undefined);
    await cluster.kubernetes.start();
    const late = cluster.addPod("shop", "late");
    await until("it is let in by both", async () => {
      const outcomes = await Promise.all([1, 2, 3, 4].map(async () => attempt(await newToken(late))));
      return outcomes.every(({ error }) => error === undefined);
    });
  });

  /** Restarts servers, and waits until an app and both replicas are back. */
  async function restart(servers: readonly number[]): Promise<void> {
    const living = await app();
    await Promise.all(servers.map((index) => world.server(index).kill()));
    await Promise.all(servers.map((index) => world.server(index).start()));
    await until("it is back", async () => {
      const isBack = await living.flush().then(
        () => true,
        () => false,
      );
      return isBack && (await first.isReady()) && (await second.isReady());
    });
    assert.equal((await attempt()).error, undefined);
  }

  it("is asked again after a server was restarted", () => restart([0, 1]));

  it("is asked again, though its creds could not be read when the servers were restarted", async () => {
    rmSync(world.fleet.file("nats.creds", ""));
    await restart([0, 1, 2]);
    for (const { output } of [first, second]) {
      assert.ok(output.includes('"cannot read the creds; those that were read last are used"'));
    }
    world.fleet.file("nats.creds", world.auth.callout.creds);
  });

  it("asks Kubernetes for nothing its roles do not allow", () => assertAllowed(world));

  it("writes no token, no seed and no broken line to its log", () => assertDiscreet(world, presented));
});
