import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { appInboxPrefix } from "../../components/auth-callout/names";
import { ports } from "../../components/platform/ports";
import { login } from "../../local/auth-callout/login";
import { altered, now, unsigned, type Workload } from "../../local/auth-callout/token-issuer";
import { CalloutWorld } from "../../local/auth-callout/world";
import { until } from "../../local/world/until";
import { assertAllowed, assertDiscreet, counted, since } from "./auth-callout-conduct";
import { recordViolations } from "./identity-server";

const violation = "Authorization Violation";

describe("auth-callout", function () {
  this.timeout(60_000);
  let world: CalloutWorld;
  let web: Workload;
  const presented: string[] = [];
  const open: NatsConnection[] = [];
  let clients = 1;

  before(async () => {
    world = await CalloutWorld.start();
    web = world.cluster.addPod("shop", "web");
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) world.printLogs();
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  after(() => world.stop());

  /** Connects as an app does, to one of the servers, without coming back. */
  async function app(workload: Workload, server = 0, token?: string): Promise<NatsConnection> {
    const { namespace, serviceAccount } = workload;
    const given = token ?? (await world.tokens.token(workload));
    presented.push(given);
    const connection = await connect({
      servers: world.url(server),
      token: given,
      inboxPrefix: appInboxPrefix(namespace, serviceAccount.name),
      reconnect: false,
      ignoreClusterUpdates: true,
    });
    open.push(connection);
    return connection;
  }

  /** Each from an address of its own: who fails often is refused unheard. */
  function attempt(token: string | undefined) {
    clients += 1;
    if (token !== undefined) presented.push(token);
    return login(world.server(clients % 3).address, token === undefined ? {} : { token }, `127.1.0.${clients}`);
  }

  async function assertRefused(token: string | undefined, reason: string, detail: string): Promise<void> {
    const before = await counted(world);
    const logged = world.replicas.map(({ output }) => output.length);
    assert.equal((await attempt(token)).error, violation);
    assert.deepEqual(since(before, await counted(world)), { [`refused ${reason}`]: 1 });
    const lines = world.replicas.flatMap(({ output }, index) => output.slice(logged[index]).trim().split("\n"));
    const refusals = lines
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ message }) => message === "refused");
    assert.deepEqual(
      refusals.map(({ reason, detail, client }) => ({ reason, detail, client })),
      [{ reason, detail, client: `127.1.0.${clients}` }],
    );
  }

  /** What a server says of the connection that an app has to it. */
  async function connectionOf(connection: NatsConnection, server = 0) {
    const url = `http://${world.server(server).address}:${ports.monitoring}/connz?auth=true&cid=${connection.info?.client_id}`;
    const { connections } = (await (await fetch(url)).json()) as {
      connections: { account: string; name_tag: string; tags?: string[]; authorized_user: string }[];
    };
    return connections[0];
  }

  it("lets apps into their tenant's account with exactly their subjects", async () => {
    const before = await counted(world);
    const connection = await app(web);
    const is = await connectionOf(connection);
    assert.equal(is?.account, world.acme.account.id);
    assert.equal(is?.name_tag, "tenant-acme");
    assert.deepEqual(since(before, await counted(world)), { accepted: 1 });
    const violations = recordViolations(connection);
    for (const subject of ["shop.>", "shop.orders.*", "_INBOX_APP.shop.web.>"]) connection.subscribe(subject);
    for (const subject of ["shop", "shop.x"]) connection.publish(subject);
    const forbidden = ["shop", "lab.>", ">", "_INBOX.>", "_INBOX_APP.shop.api.>", "$SYS.>", "$JS.API.>", "orders.new"];
    for (const subject of forbidden) connection.subscribe(subject);
    const denied = ["lab.x", "orders.new", "_INBOX_shop.1", "$JS.API.STREAM.DELETE.x", "$SYS.REQ.SERVER.PING"];
    for (const subject of denied) connection.publish(subject);
    await connection.flush();
    const publications = [...denied, "shop"];
    await until("all are refused", () => violations.length >= forbidden.length + publications.length);
    const expected = [
      ...forbidden.map((subject) => `subscription ${subject}`),
      ...publications.map((subject) => `publish ${subject}`),
    ];
    assert.deepEqual(violations.toSorted(), expected.toSorted());
  });

  it("lets apps of one tenant ask each other, and no app of another hear it", async () => {
    const [asker, answerer] = await Promise.all([app(web, 0), app(world.cluster.addPod("shop", "api"), 1)]);
    const stranger = await app(world.cluster.addPod("lab", "web"), 2);
    assert.equal((await connectionOf(stranger, 2))?.account, world.globex.account.id);
    let heard = 0;
    stranger.subscribe("lab.>", {
      callback: () => {
        heard += 1;
      },
    });
    answerer.subscribe("shop.price", { callback: (_, message) => void message.respond(`${message.string()}: 3`) });
    await Promise.all([answerer.flush(), stranger.flush()]);
    // A subscription takes a moment to be known to the other servers.
    await until("it is answered", async () => {
      const answer = await asker.request("shop.price", "tea", { timeout: 500 }).catch(() => undefined);
      return answer?.string() === "tea: 3";
    });
    await stranger.flush();
    assert.equal(heard, 0);
  });

  it("grants what annotations ask for as far as the tenant grants it, and tells the rest in one event", async () => {
    const { cluster, acme } = world;
    cluster.putTenant(acme, { publish: ["orders.>"], subscribe: ["prices.>", "news.*"] });
    const annotations = {
      "nats.io/allowed-pub-subjects": "orders.new, secrets.>",
      "nats.io/allowed-sub-subjects": "prices.eu, news.*",
      "nats.io/allowed-subjects": "x",
    };
    const asking = cluster.addPod("shop", "asking", { annotations });
    const connection = await app(asking);
    const violations = recordViolations(connection);
    connection.publish("orders.new");
    connection.subscribe("prices.eu");
    connection.publish("orders.old");
    connection.publish("secrets.x");
    for (const subject of ["prices.us", "prices.*", "news.eu", "news.>"]) connection.subscribe(subject);
    await connection.flush();
    await until("all are refused", () => violations.length >= 6);
    const refused = ["publish orders.old", "publish secrets.x", "subscription news.>", "subscription news.eu"];
    assert.deepEqual(violations.toSorted(), [...refused, "subscription prices.*", "subscription prices.us"]);
    const writes = () =>
      cluster.kubernetes.requests.filter(({ verb, resource }) => verb === "create" && resource === "events").length;
    await until("both replicas have told", () => writes() === 2);
    const events = cluster.kubernetes.list("events", "shop");
    assert.equal(events.length, 1);
    assert.match(String(events[0]?.metadata.name), /^asking\.[0-9a-f]{16}$/);
    assert.equal(
      (events[0] as { message?: string }).message,
      [
        "annotation nats.io/allowed-pub-subjects: the tenant does not grant secrets.>: it grants orders.>; ask its owner for tenant.apps.publish",
        "annotation nats.io/allowed-sub-subjects: who may subscribe news.* may subscribe news.>, which the tenant does not grant: name the subjects one by one, or ask its owner for news.> in tenant.apps.subscribe",
        "annotation nats.io/allowed-subjects is not known: there are nats.io/allowed-pub-subjects and nats.io/allowed-sub-subjects",
      ].join("; "),
    );
  });

  it("ends a connection at an end of its own, before the token's", async () => {
    const expiresAt = now() + 5;
    const token = await world.tokens.token(web, { iat: now() - 55, nbf: now() - 55, exp: expiresAt });
    const connection = await app(web, 0, token);
    const began = performance.now();
    const error = await connection.closed();
    assert.match(String(error), /expired/i);
    assert.ok(Date.now() / 1_000 <= expiresAt + 0.5, "it has outlived its token");
    assert.ok(performance.now() - began > 1_000, "it ended at once");
  });

  describe("refuses, and says why in its log and metrics alone,", () => {
    const good = (changes = {}) => world.tokens.token(web, changes);
    const gone = (workload: Workload) => world.tokens.token(workload);

    it("no token", () => assertRefused(undefined, "no-token", "the client gave no token"));
    it("garbage", () => assertRefused("garbage", "malformed", "the token is no JWT"));
    it("an expired one", async () => {
      const token = await good({ iat: now() - 700, nbf: now() - 700, exp: now() - 100 });
      await assertRefused(token, "expired", "the token has expired");
    });
    it("another audience", async () =>
      assertRefused(await good({ aud: ["vault"] }), "audience", "the token is for another audience"));
    it("the API server's audience", async () => {
      const token = await good({ aud: ["https://kubernetes.default.svc.cluster.local"] });
      await assertRefused(token, "audience", "the token is for another audience");
    });
    it("one more audience", async () =>
      assertRefused(await good({ aud: ["nats", "vault"] }), "audience", "the token is not for nats alone"));
    it("another issuer", async () =>
      assertRefused(await good({ iss: "https://example.com" }), "issuer", "the token is of another issuer"));
    it("altered claims", async () => {
      const token = altered(await good(), { exp: now() + 99_999 });
      await assertRefused(token, "signature", "the token is not signed by a key of the cluster");
    });
    it("alg none", async () =>
      assertRefused(unsigned(await good()), "signature", "the token is not signed by a key of the cluster"));
    it("HS256 with the public key", async () => {
      const token = await world.tokens.signedWithPublicKey(web);
      await assertRefused(token, "signature", "the token is not signed by a key of the cluster");
    });
    it("a token that is not bound to a pod", async () => {
      const { namespace, serviceAccount: serviceaccount } = web;
      const token = await good({ "kubernetes.io": { namespace, serviceaccount } });
      await assertRefused(token, "unbound", "shop/web: the token is not bound to a pod");
    });
    it("a ServiceAccount that is deleted, though its pod is there and it was let in before", async () => {
      const workload = world.cluster.addPod("shop", "leaving");
      assert.equal((await attempt(await gone(workload))).error, undefined);
      world.cluster.deleteServiceAccount(workload);
      await assertRefused(
        await gone(workload),
        "service-account-gone",
        "shop/leaving: the ServiceAccount the token is for is not there any more",
      );
    });
    it("a pod that is deleted, though its ServiceAccount is there and its token was let in before", async () => {
      const workload = world.cluster.addPod("shop", "web");
      const token = await gone(workload);
      assert.equal((await attempt(token)).error, undefined);
      world.cluster.deletePod(workload);
      const what = "which the token is for, is not there any more, or has no label nats-platform/client";
      await assertRefused(token, "pod-gone", `shop/web: pod ${workload.pod.name}, ${what}`);
    });
    it("a pod without the label", async () => {
      const workload = world.cluster.addPod("shop", "web", { labels: {} });
      const what = "which the token is for, is not there any more, or has no label nats-platform/client";
      await assertRefused(await gone(workload), "pod-gone", `shop/web: pod ${workload.pod.name}, ${what}`);
    });
    it("a namespace that is no tenant's", async () => {
      world.cluster.putNamespace("nobodys");
      const workload = world.cluster.addPod("nobodys", "web");
      await assertRefused(await gone(workload), "no-tenant", "nobodys/web: no label of the namespace names a tenant");
    });
    it("a namespace of a tenant that is not there", async () => {
      world.cluster.putNamespace("early", "initech");
      const workload = world.cluster.addPod("early", "web");
      await assertRefused(await gone(workload), "tenant-unknown", "early/web: there is no tenant initech");
    });
    it("a suspended tenant, until it is no more", async () => {
      const token = await gone(world.cluster.addPod("lab", "web"));
      world.cluster.putTenant(world.globex, { suspended: true });
      await until("it is known", async () => (await attempt(token)).error !== undefined);
      await assertRefused(token, "tenant-suspended", "lab/web: tenant globex is suspended");
      world.cluster.putTenant(world.globex);
      await until("it is let in again", async () => (await attempt(token)).error === undefined);
    });
  });

  it("asks Kubernetes for nothing its roles do not allow", () => assertAllowed(world));

  it("writes no token, no seed and no broken line to its log", () => assertDiscreet(world, presented));
});

describe("auth-callout, told to ask the API server about tokens, and whose a namespace is", function () {
  this.timeout(60_000);
  let world: CalloutWorld;
  let legacy: Workload;

  before(async () => {
    const mapping = [{ namespace: "legacy", serviceAccount: "web", tenant: "acme" }];
    const env = { VERIFICATION: "token-review", MAPPING: JSON.stringify(mapping) };
    world = await CalloutWorld.start({ replicas: 1, env });
    legacy = world.cluster.addPod("legacy", "web");
  });
  afterEach(function () {
    if (this.currentTest?.isFailed()) world.printLogs();
  });
  after(() => world.stop());

  const attempt = (token: string) => login(world.server(0).address, { token });

  it("lets in whom the mapping gives to a tenant, and no other ServiceAccount of the namespace", async () => {
    const before = await counted(world);
    assert.equal((await attempt(await world.tokens.token(legacy))).error, undefined);
    const other = await world.tokens.token(world.cluster.addPod("legacy", "other"));
    assert.equal((await attempt(other)).error, violation);
    assert.deepEqual(since(before, await counted(world)), { accepted: 1, "refused no-tenant": 1 });
  });

  it("refuses what the API server does not take", async () => {
    const before = await counted(world);
    const token = altered(await world.tokens.token(legacy), { exp: now() + 99_999 });
    assert.equal((await attempt(token)).error, violation);
    assert.deepEqual(since(before, await counted(world)), { "refused signature": 1 });
  });

  it("refuses a token it has not seen while the API server is away, and says that it is its own fault", async () => {
    const known = await world.tokens.token(legacy);
    assert.equal((await attempt(known)).error, undefined);
    await world.cluster.kubernetes.stop();
    const before = await counted(world);
    assert.equal((await attempt(await world.tokens.token(legacy, { jti: "new" }))).error, violation);
    assert.deepEqual(since(before, await counted(world)), { "refused unavailable": 1 });
    await world.cluster.kubernetes.start();
  });
});
