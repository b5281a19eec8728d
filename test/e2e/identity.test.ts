import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { jetstreamManager } from "@nats-io/jetstream";
import { encodeAuthorizationResponse, fromPublic, fromSeed } from "@nats-io/jwt";
import { Kvm } from "@nats-io/kv";
import { jwtAuthenticator, type NatsConnection } from "@nats-io/nats-core";
import * as pulumi from "@pulumi/pulumi";
import { accountClaims } from "../../components/identity/claims/account";
import { everything } from "../../components/identity/claims/permissions";
import { type UserAccess, userClaims } from "../../components/identity/claims/user";
import { formatCreds } from "../../components/identity/creds";
import { encodeJwt } from "../../components/identity/jwt";
import { encodeKeyPair, entropyOf, type KeyKind, signerFromSeed } from "../../components/identity/nkey";
import { PlatformIdentity, type PlatformIdentityArgs } from "../../components/identity/platform-identity";
import { observerInboxPrefix, platformAccountLimits, platformUsers } from "../../components/identity/platform-users";
import type { AuthConfig } from "../../components/platform/server-config";
import { until } from "../../local/world/until";
import { CurveKeys, serverKeyHeader } from "../../services/xkey";
import { FakeEngine, unwrap } from "../unit/components/identity/fake-engine";
import { claimsOf } from "../unit/components/identity/keys";
import { IdentityServer, recordViolations } from "./identity-server";

const now = Math.floor(Date.now() / 1000);
const maxPayload = 64 * 1024;
const args: PlatformIdentityArgs = {
  namespace: "nats",
  accountsNamespace: "nats-accounts",
  platform: {
    limits: { payload: maxPayload },
    jetstream: { memoryStorage: 1024 ** 2, diskStorage: 8 * 1024 ** 2, streams: 2 },
  },
};

describe("identity on a real nats-server", function () {
  this.timeout(60_000);
  const engine = new FakeEngine(now - 3600, randomBytes(8).toString("hex"));
  const open: NatsConnection[] = [];
  let identity: PlatformIdentity;
  let server: IdentityServer;

  const up = async (changed: Partial<PlatformIdentityArgs> = {}, on = engine) =>
    (await on.up(() => new PlatformIdentity("nats", { ...args, ...changed }))).result;
  const creds = (name: keyof PlatformIdentity["credentials"], of = identity) => unwrap(of.credentials[name].creds);
  /** Connects and has the connection closed when the test is over. */
  const opened = async (connecting: Promise<NatsConnection>) => {
    const connection = await connecting;
    open.push(connection);
    return connection;
  };
  const refused = (connecting: Promise<NatsConnection>) => server.refuses(opened(connecting));
  const seed = (name: string, kind: KeyKind = "account") => encodeKeyPair(kind, entropyOf(engine.password(name))).seed;

  /** Creds of a new user of account PLATFORM, signed by the key of that resource. */
  async function platformUser(
    access: UserAccess,
    signingKey: string,
    times: { issuedAt: number; ttlSeconds?: number },
  ) {
    const key = encodeKeyPair("user", randomBytes(32));
    const accountId = await unwrap(identity.accountIds.PLATFORM);
    const claims = userClaims({ name: "guest", publicKey: key.publicKey, accountId, access });
    return formatCreds({ jwt: encodeJwt(claims, signerFromSeed(seed(signingKey)), times), seed: key.seed });
  }

  /** Hands account JWTs to the server's resolver, as the system user. */
  async function push(jwts: readonly string[]): Promise<void> {
    const system = await opened(server.connect(await creds("system")));
    for (const jwt of jwts) {
      const answer = await system.request("$SYS.REQ.CLAIMS.UPDATE", jwt, { timeout: 5000 });
      assert.equal(answer.json<{ data?: { code: number } }>().data?.code, 200, answer.string());
    }
  }

  const auth = (of: PlatformIdentity): Promise<AuthConfig> => {
    const { operatorJwt, systemAccountId, sentinelJwt, preload } = of;
    const known = pulumi.all([operatorJwt, systemAccountId, sentinelJwt, preload]);
    return unwrap(
      known.apply(([operator, system, sentinel, accounts]) => ({
        operatorJwt: operator,
        systemAccountId: system,
        sentinelJwt: sentinel,
        preload: accounts,
      })),
    );
  };

  before(async () => {
    identity = await up();
    server = await IdentityServer.start(await auth(identity));
  });
  afterEach(() => Promise.all(open.splice(0).map((connection) => connection.close())));
  after(() => server?.stop());

  it("lets in every user with creds of its own", async () => {
    for (const name of ["system", "control-plane", "observer", "auth-callout"] as const) {
      const connection = await opened(server.connect(await creds(name)));
      await connection.flush();
    }
  });

  it("refuses a connection without creds, and the sentinel, while nobody answers the callout", async () => {
    // The waits for the callout and for the client end at the same moment: the client sees either refusal, or a connection closed without a word.
    const closed = /authorization violation|authentication timeout|ECONNRESET|connection refused/i;
    await assert.rejects(opened(server.connectWith({})), closed);
    await assert.rejects(opened(server.connect(await creds("sentinel"))), closed);
    await opened(server.connect(await creds("control-plane")));
  });

  it("refuses creds of another operator", async () => {
    const other = await up({}, new FakeEngine(now - 3600, "other operator"));
    await refused(server.connect(await creds("control-plane", other)));
  });

  it("refuses an expired JWT, and takes the same one while it holds", async () => {
    const access = { permissions: everything };
    const signingKey = "nats-platform-signing-key-1";
    await refused(server.connect(await platformUser(access, signingKey, { issuedAt: now - 600, ttlSeconds: 60 })));
    await opened(server.connect(await platformUser(access, signingKey, { issuedAt: now - 600, ttlSeconds: 6000 })));
  });

  it("refuses users signed by the account's identity key or by a key of another account", async () => {
    const access = { permissions: everything };
    await refused(server.connect(await platformUser(access, "nats-platform-key", { issuedAt: now })));
    await refused(server.connect(await platformUser(access, "nats-auth-signing-key-1", { issuedAt: now })));
  });

  it("holds account PLATFORM to its JetStream limits and payload", async () => {
    const connection = await opened(server.connect(await creds("control-plane")));
    assert.equal(connection.info?.max_payload, maxPayload);
    const manager = await jetstreamManager(connection);
    const { limits } = await manager.getAccountInfo();
    assert.deepEqual([limits.max_memory, limits.max_storage, limits.max_streams], [1024 ** 2, 8 * 1024 ** 2, 2]);
    await manager.streams.add({ name: "WITHIN", subjects: ["within.>"], max_bytes: 1024 ** 2 });
    await assert.rejects(
      manager.streams.add({ name: "BEYOND", subjects: ["beyond.>"], max_bytes: 8 * 1024 ** 2 }),
      /insufficient storage/,
    );
    await manager.jetstream().publish("within.reach", "kept");
    assert.equal((await manager.streams.getMessage("WITHIN", { seq: 1 }))?.string(), "kept");
  });

  it("has no JetStream in account SYS", async () => {
    const connection = await opened(server.connect(await creds("system")));
    await assert.rejects(jetstreamManager(connection, { timeout: 2000 }), /JetStream not enabled for account/);
  });

  it("lets the observer read, and nothing else", async () => {
    const control = await opened(server.connect(await creds("control-plane")));
    const bucket = await new Kvm(control).create("STATE", { max_bytes: 1024 });
    await bucket.put("key", "value");
    const observer = await opened(server.connect(await creds("observer"), { inboxPrefix: observerInboxPrefix }));
    const manager = await jetstreamManager(observer);
    assert.equal((await manager.streams.info("KV_STATE")).state.messages, 1);
    const streams = await manager.streams.list().next();
    assert.ok(streams.some(({ config }) => config.name === "KV_STATE"));
    const read = await new Kvm(observer).open("STATE", { bindOnly: true });
    assert.equal((await read.get("key"))?.string(), "value");

    const violations = recordViolations(observer);
    observer.publish("within.reach", "forbidden");
    observer.publish("$KV.STATE.key", "forbidden");
    observer.publish("$JS.API.STREAM.CREATE.NEW");
    observer.publish("$JS.API.STREAM.DELETE.KV_STATE");
    observer.publish("$JS.API.STREAM.PURGE.KV_STATE");
    observer.publish("$JS.API.CONSUMER.CREATE.KV_STATE");
    for (const subject of ["within.>", ">", "_INBOX.>"]) observer.subscribe(subject, { callback: () => undefined });
    const expected = [
      "publish $JS.API.CONSUMER.CREATE.KV_STATE",
      "publish $JS.API.STREAM.CREATE.NEW",
      "publish $JS.API.STREAM.DELETE.KV_STATE",
      "publish $JS.API.STREAM.PURGE.KV_STATE",
      "publish $KV.STATE.key",
      "publish within.reach",
      "subscription >",
      "subscription _INBOX.>",
      "subscription within.>",
    ];
    await until("all is refused", () => violations.length >= expected.length);
    assert.deepEqual(violations.sort(), expected);
    assert.equal((await read.get("key"))?.string(), "value");
    await bucket.destroy();
  });

  it("lets a user with the sentinel's access do nothing, in an account without callout", async () => {
    const account = encodeKeyPair("account", randomBytes(32));
    const signing = encodeKeyPair("account", randomBytes(32));
    const key = encodeKeyPair("user", randomBytes(32));
    const limits = { ...platformAccountLimits, disallowBearer: false };
    const claims = accountClaims({
      name: "OPEN",
      publicKey: account.publicKey,
      limits,
      signingKeys: [signing.publicKey],
    });
    const operator = signerFromSeed(
      encodeKeyPair("operator", entropyOf(engine.password("nats-operator-signing-key-1"))).seed,
    );
    await push([encodeJwt(claims, operator, { issuedAt: now })]);
    const access = platformUsers.sentinel;
    const sentinel = userClaims({ name: "sentinel", publicKey: key.publicKey, accountId: account.publicKey, access });
    const jwt = encodeJwt(sentinel, signerFromSeed(signing.seed), { issuedAt: now });
    // The JWT alone: a bearer proves no key.
    const connection = await opened(server.connectWith({ authenticator: jwtAuthenticator(jwt) }));
    const violations = recordViolations(connection);
    connection.publish("anything");
    connection.subscribe("anything", { callback: () => undefined });
    await until("both are refused", () => violations.length >= 2);
    assert.deepEqual(violations, ["publish anything", "subscription anything"]);
  });

  it("lets the callout user decide over a login with a token only", async () => {
    const callout = await opened(server.connect(await creds("auth-callout")));
    const violations = recordViolations(callout);
    const accountId = await unwrap(identity.accountIds.PLATFORM);
    const authId = await unwrap(identity.accountIds.AUTH);
    const xkeys = new CurveKeys([seed("nats-auth-callout-xkey-1", "curve")]);
    const authSigner = fromSeed(Buffer.from(seed("nats-auth-signing-key-1")));
    callout.subscribe("$SYS.REQ.USER.AUTH", {
      callback: (_, message) => {
        const request = xkeys.open(message.data, message.headers?.get(serverKeyHeader) ?? "");
        assert.ok(request, "the request is encrypted");
        const { server_id, user_nkey, connect_opts } = claimsOf(Buffer.from(request.data).toString()).nats;
        const user = userClaims({ name: "app", publicKey: user_nkey, accountId, access: { permissions: everything } });
        const platformSigner = signerFromSeed(seed("nats-platform-signing-key-1"));
        const good = connect_opts.auth_token === "good";
        const data = good ? { jwt: encodeJwt(user, platformSigner, { issuedAt: now }) } : { error: "no" };
        const [to, by, of] = [user_nkey, server_id.id, authId].map((key) => fromPublic(key));
        assert.ok(to && by && of);
        void encodeAuthorizationResponse(to, by, of, data, { signer: authSigner }).then((answer) =>
          message.respond(answer),
        );
      },
    });
    await callout.flush();
    const app = await opened(server.connectWith({ token: "good" }));
    await (await jetstreamManager(app)).streams.info("WITHIN");
    await refused(server.connectWith({ token: "bad" }));
    assert.deepEqual(violations, []);
    callout.publish("anything");
    await until("it may publish answers only", () => violations.length > 0);
    assert.deepEqual(violations, ["publish anything"]);
  });

  it("takes accounts of the next epochs without a gap: connections stay, former and new creds work", async () => {
    const former = await creds("control-plane");
    const connected = await opened(server.connect(former));
    const closed = connected.closed();
    identity = await up({ epochs: { operator: 2, accounts: 2 } });
    await push(Object.values(await unwrap(identity.preload)));
    const fresh = await creds("control-plane");
    assert.notEqual(fresh, former);
    for (const text of [former, fresh]) await (await opened(server.connect(text))).flush();
    await connected.flush();
    assert.equal(await Promise.race([closed, "open"]), "open");
  });

  it("takes what was issued later when servers restart with it, and never what was issued earlier", async () => {
    const id = await unwrap(identity.accountIds.PLATFORM);
    const held = async () => {
      const system = await opened(server.connect(await creds("system")));
      return (await system.request(`$SYS.REQ.ACCOUNT.${id}.CLAIMS.LOOKUP`, undefined, { timeout: 5000 })).string();
    };
    const earlier = await auth(identity);
    identity = await up({ epochs: { operator: 3, accounts: 3 } });
    const later = await auth(identity);
    await server.restart(later);
    assert.equal(await held(), later.preload[id]);
    await server.restart({ ...later, preload: earlier.preload });
    assert.equal(await held(), later.preload[id]);
    assert.notEqual(earlier.preload[id], later.preload[id]);
  });
});
