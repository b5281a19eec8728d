import assert from "node:assert/strict";
import { PlatformIdentity } from "../../../../components/identity/platform-identity";
import { FakeEngine, type Registered } from "./fake-engine";
import { claimsOf } from "./keys";
import { accountJwt, platformArgs, up, userNames } from "./platform-run";

describe("PlatformIdentity, run again", () => {
  it("writes the same JWTs and creds, byte for byte", async () => {
    const engine = new FakeEngine();
    const first = await up(engine);
    const second = await up(engine);
    assert.equal(second.operatorJwt, first.operatorJwt);
    assert.deepEqual(second.preload, first.preload);
    assert.deepEqual(second.creds, first.creds);
    assert.deepEqual(byName(second.resources), byName(first.resources));
  });

  it("issues only the account whose limits changed anew, later", async () => {
    const engine = new FakeEngine();
    const first = await up(engine);
    const second = await up(engine, {
      platform: { ...platformArgs.platform, limits: { connections: 5, leafNodes: undefined } },
    });
    assert.equal(second.operatorJwt, first.operatorJwt);
    assert.deepEqual(second.creds, first.creds);
    for (const name of ["SYS", "AUTH"] as const) assert.equal(accountJwt(second, name), accountJwt(first, name));
    const [before, after] = [claimsOf(accountJwt(first, "PLATFORM")), claimsOf(accountJwt(second, "PLATFORM"))];
    assert.equal(after.nats.limits.conn, 5);
    assert.equal(after.nats.limits.leaf, before.nats.limits.leaf);
    assert.ok(after.iat > before.iat);
    assert.notEqual(after.jti, before.jti);
  });

  it("rotates the operator's signing key to one already trusted, and keeps trusting the former", async () => {
    const engine = new FakeEngine();
    const first = await up(engine);
    const second = await up(engine, { epochs: { operator: 2 } });
    const third = await up(engine, { epochs: { operator: 3 } });
    const [one, two, three] = [first, second, third].map(({ operatorJwt }) => claimsOf(operatorJwt));
    assert.equal(two.sub, one.sub);
    assert.deepEqual(two.nats.signing_keys.slice(0, 2), one.nats.signing_keys);
    assert.equal(two.nats.signing_keys.length, 3);
    assert.deepEqual(three.nats.signing_keys.slice(0, 2), two.nats.signing_keys.slice(1));
    assert.ok(two.iat > one.iat);
    for (const name of ["SYS", "PLATFORM", "AUTH"] as const) {
      const [before, after] = [claimsOf(accountJwt(first, name)), claimsOf(accountJwt(second, name))];
      assert.equal(before.iss, one.nats.signing_keys[0]);
      assert.equal(after.iss, one.nats.signing_keys[1], "the servers trusted it before it signed");
      assert.ok(after.iat > before.iat);
      assert.deepEqual(after.nats, before.nats);
    }
    assert.deepEqual(second.ids, first.ids);
    assert.deepEqual(second.creds, first.creds);
  });

  it("rotates the accounts' signing keys: users are signed anew, their keys stay", async () => {
    const engine = new FakeEngine();
    const first = await up(engine);
    const second = await up(engine, { epochs: { accounts: 2 } });
    assert.equal(second.operatorJwt, first.operatorJwt);
    assert.deepEqual(second.ids, first.ids);
    const [before, after] = [claimsOf(accountJwt(first, "PLATFORM")), claimsOf(accountJwt(second, "PLATFORM"))];
    for (const key of before.nats.signing_keys) assert.ok(after.nats.signing_keys.includes(key));
    assert.equal(after.nats.signing_keys.length, 3);
    for (const name of userNames) {
      assert.equal(second.creds[name].seed, first.creds[name].seed);
      const [old, fresh] = [claimsOf(first.creds[name].jwt), claimsOf(second.creds[name].jwt)];
      assert.notEqual(fresh.iss, old.iss);
      assert.ok(fresh.iat > old.iat);
      if (name === "control-plane" || name === "observer") assert.ok(before.nats.signing_keys.includes(fresh.iss));
    }
  });

  it("rotates the users: new keys and creds, and only account AUTH changes, because it names one", async () => {
    const engine = new FakeEngine();
    const first = await up(engine);
    const second = await up(engine, { epochs: { users: 2 } });
    assert.equal(second.operatorJwt, first.operatorJwt);
    for (const name of ["SYS", "PLATFORM"] as const) assert.equal(accountJwt(second, name), accountJwt(first, name));
    for (const name of userNames) assert.notEqual(second.creds[name].seed, first.creds[name].seed);
    // The callout answers with its former creds until it has the new ones.
    const users = [second, first].map(({ creds }) => claimsOf(creds["auth-callout"].jwt).sub);
    assert.deepEqual(claimsOf(accountJwt(second, "AUTH")).nats.authorization.auth_users, users);
  });

  it("refuses epochs that are no whole number from 1", async () => {
    for (const epochs of [{ operator: 0 }, { accounts: 1.5 }, { users: -1 }, { operator: Number.NaN }]) {
      await assert.rejects(
        new FakeEngine().up(() => new PlatformIdentity("nats", { ...platformArgs, epochs })),
        /epoch of nats-.* it must be a whole number from 1/,
      );
    }
  });
});

/** Order of registration is not promised. */
function byName(resources: readonly Registered[]): Registered[] {
  return [...resources].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}
