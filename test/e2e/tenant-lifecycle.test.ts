import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/nats-core";
import type { TenantUser } from "../../components/tenant/identity";
import { lameDuckGraceSeconds, lameDuckSeconds } from "../../components/tenant/nats-config";
import { until } from "../../local/world/until";
import { unwrap } from "../unit/components/identity/fake-engine";
import { Identities, type MadeTenant } from "./tenant-identity";
import { TenantServer } from "./tenant-server";

const worker: TenantUser = { name: "worker", role: "worker", epoch: 1, retiredEpoch: 0, revoked: false };

describe("creds of a tenant, through their life, on a real instance", function () {
  this.timeout(90_000);
  const open: NatsConnection[] = [];
  let identities: Identities;
  let instance: TenantServer;
  let first: MadeTenant;

  const opened = async (connecting: Promise<NatsConnection>) => {
    const connection = await connecting;
    open.push(connection);
    return connection;
  };
  const connect = (tenant: MadeTenant, user = "worker") =>
    opened(instance.connect(tenant.creds[user] ?? assert.fail(`no creds of ${user}`)));
  const refused = (tenant: MadeTenant, user?: string) =>
    assert.rejects(connect(tenant, user), /authorization violation|expired|revoked/i);
  /** One request of account-sync's user, with exactly its permissions. */
  const order = async (subject: string, jwt: string) => {
    const creds = await unwrap(identities.platform.credentials["account-sync"].creds);
    const connection = await opened(instance.connect(creds, { inboxPrefix: "_INBOX_account-sync" }));
    const answer = await connection.request(subject, jwt, { timeout: 5000 });
    assert.equal(answer.json<{ data?: { code: number } }>().data?.code, 200, answer.string());
  };
  const push = ({ jwt }: MadeTenant) => order("$SYS.REQ.CLAIMS.UPDATE", jwt);
  /** Resolves when the server has closed the connection. */
  const closed = (connection: NatsConnection) => until("the connection is closed", () => connection.isClosed());

  beforeEach(async () => {
    identities = new Identities();
    await identities.upPlatform();
    first = await identities.upTenant("acme", { users: [worker] });
    instance = await TenantServer.start(first.instance);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
    await instance.stop();
  });

  it("are the same when nothing has changed, byte for byte", async () => {
    assert.deepEqual(await identities.upTenant("acme", { users: [worker] }), first);
  });

  it("overlap with the former ones until these are retired, then theirs alone are refused and their connections closed", async () => {
    const connected = await connect(first);
    const second = await identities.upTenant("acme", { users: [{ ...worker, epoch: 2 }] });
    assert.equal(second.jwt, first.jwt, "the account does not know of the new creds, and need not");
    for (const tenant of [first, second]) await connect(tenant);

    const third = await identities.upTenant("acme", { users: [{ ...worker, epoch: 2, retiredEpoch: 1 }] });
    assert.deepEqual(third.creds, second.creds);
    const renewed = await connect(second);
    await push(third);
    await closed(connected);
    await refused(first);
    await connect(second);
    assert.equal(renewed.isClosed(), false);

    assert.equal(
      (await identities.upTenant("acme", { users: [{ ...worker, epoch: 2, retiredEpoch: 1 }] })).jwt,
      third.jwt,
    );
  });

  it("are all refused of a user that is revoked, and of no other", async () => {
    const bob: TenantUser = { ...worker, name: "bob" };
    const both = await identities.upTenant("acme", { users: [worker, bob] });
    const later = await identities.upTenant("acme", { users: [worker, { ...bob, epoch: 2 }] });
    const [early, late, other] = [await connect(both, "bob"), await connect(later, "bob"), await connect(both)];
    const revoked = await identities.upTenant("acme", { users: [worker, { ...bob, epoch: 2, revoked: true }] });
    assert.deepEqual(Object.keys(revoked.creds), ["worker"]);
    await push(revoked);
    await Promise.all([closed(early), closed(late)]);
    await refused(both, "bob");
    await refused(later, "bob");
    assert.equal(other.isClosed(), false);
    await connect(revoked);
  });

  it("survive one epoch of the account, and are worthless after two", async () => {
    const second = await identities.upTenant("acme", { users: [worker], accountEpoch: 2 });
    await push(second);
    for (const tenant of [first, second]) await connect(tenant);
    const connected = await connect(first);
    const third = await identities.upTenant("acme", { users: [worker], accountEpoch: 3 });
    await push(third);
    await closed(connected);
    await refused(first);
    for (const tenant of [second, third]) await connect(tenant);
  });

  it("are refused once the account is deleted by the order that was signed with it", async () => {
    const connected = await connect(first);
    await order("$SYS.REQ.CLAIMS.DELETE", first.deletionJwt);
    await closed(connected);
    await refused(first);
  });

  it("do not go back to former ones when the server starts again with an older configuration", async () => {
    const revoked = await identities.upTenant("acme", { users: [{ ...worker, revoked: true }] });
    await push(revoked);
    await instance.restart(first.instance);
    await refused(first);
  });

  it("let clients go before the server does, when it is told to leave", async () => {
    const clients = await Promise.all([connect(first), connect(first), connect(first)]);
    const told: string[] = [];
    for (const client of clients) {
      void (async () => {
        for await (const { type } of client.status()) if (type === "ldm") told.push(type);
      })();
    }
    const took = (await instance.leave()) / 1000;
    assert.equal(told.length, clients.length);
    await Promise.all(clients.map(closed));
    assert.ok(took >= lameDuckGraceSeconds && took < lameDuckSeconds, `it took ${took} s`);
  });

  it("let the server leave at once when it has no client", async () => {
    assert.ok((await instance.leave()) < 2000);
  });
});
