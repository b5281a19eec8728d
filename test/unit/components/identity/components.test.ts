import assert from "node:assert/strict";
import { decode } from "@nats-io/jwt";
import * as pulumi from "@pulumi/pulumi";
import { Account, type AccountArgs } from "../../../../components/identity/account";
import { AccountSecret } from "../../../../components/identity/account-secret";
import { nothing } from "../../../../components/identity/claims/permissions";
import { CredentialsSecret } from "../../../../components/identity/credentials-secret";
import { parseCreds } from "../../../../components/identity/creds";
import { generateKeyPair } from "../../../../components/identity/key-pair";
import { Operator } from "../../../../components/identity/operator";
import { PlatformIdentity } from "../../../../components/identity/platform-identity";
import { platformAccountLimits } from "../../../../components/identity/platform-users";
import { User, type UserArgs } from "../../../../components/identity/user";
import { FakeEngine, unwrap } from "./fake-engine";
import { claimsOf, testKey } from "./keys";

const generated = {
  name: "op",
  epoch: 1,
  systemAccountId: testKey("account", "sys").publicKey,
  minimumServerVersion: "2.14.0",
};

/** An operator, one account with a role, one user of it. */
function program(account: Partial<AccountArgs> = {}, user: Partial<UserArgs> = {}) {
  const operator = new Operator("op", generated);
  const owner = new Account("acme", {
    name: "acme",
    operator,
    epoch: 1,
    limits: platformAccountLimits,
    roles: { reader: { permissions: nothing } },
    ...account,
  });
  const member = new User("bob", { name: "bob", account: owner, access: { role: "reader" }, epoch: 1, ...user });
  return { operator, account: owner, user: member };
}

describe("Account and User", () => {
  it("sign a user of a role with the role's key, and leave its access to the role", async () => {
    const { result, resources } = await new FakeEngine().up(() => program());
    const claims = decode<{ issuer_account: string; subs?: number }>(await unwrap(result.user.jwt));
    const account = claimsOf(await unwrap(result.account.jwt));
    const roleKeys = account.nats.signing_keys.filter((key: { role?: string }) => key.role === "reader");
    assert.equal(roleKeys.length, 2, "of this epoch and the next");
    assert.ok(roleKeys.some(({ key }: { key: string }) => key === claims.iss));
    assert.equal(claims.nats.subs, undefined);
    const random = resources.filter(({ type }) => type.endsWith("RandomPassword")).map(({ name }) => name);
    assert.deepEqual(random.sort(), [
      "acme-key",
      "acme-reader-signing-key-1",
      "acme-reader-signing-key-2",
      "acme-signing-key-1",
      "acme-signing-key-2",
      "bob-key-1",
      "op-key",
      "op-signing-key-1",
      "op-signing-key-2",
    ]);
  });

  it("sign a user with access of its own with the plain key", async () => {
    const { result } = await new FakeEngine().up(() => program({}, { access: { permissions: nothing } }));
    const claims = claimsOf(await unwrap(result.user.jwt));
    assert.ok(claimsOf(await unwrap(result.account.jwt)).nats.signing_keys.includes(claims.iss));
    assert.deepEqual(claims.nats.pub, { deny: [">"] });
  });

  it("let creds expire after their time to live, and renew them with the epoch only", async () => {
    const engine = new FakeEngine();
    const creds = async (user: Partial<UserArgs>) => {
      const { result } = await engine.up(() => program({}, { ttlSeconds: 3600, ...user }));
      return parseCreds(await unwrap(result.user.creds));
    };
    const first = await creds({});
    const { iat, exp } = claimsOf(first.jwt);
    assert.equal(exp, iat + 3600);
    assert.deepEqual(await creds({}), first);
    const longer = await creds({ ttlSeconds: 7200 });
    assert.equal(longer.seed, first.seed);
    assert.equal(claimsOf(longer.jwt).exp, claimsOf(longer.jwt).iat + 7200);
    const renewed = await creds({ epoch: 2 });
    assert.notEqual(renewed.seed, first.seed);
    assert.ok(claimsOf(renewed.jwt).iat > iat);
  });

  it("drop a key two epochs later, and never bring it back", async () => {
    const engine = new FakeEngine();
    const keys = async (epoch: number): Promise<string[]> => {
      const { result } = await engine.up(() => program({ epoch, roles: {} }, { access: { permissions: nothing } }));
      return claimsOf(await unwrap(result.account.jwt)).nats.signing_keys;
    };
    const [first, second, third] = [await keys(1), await keys(2), await keys(3)];
    assert.deepEqual([first.length, second.length, third.length], [2, 3, 3]);
    assert.equal(first.filter((key) => third.includes(key)).length, 1);
    assert.equal((await keys(1)).filter((key) => first.includes(key)).length, 1, "only epoch 2 was still in the state");
  });

  it("revoke users by time", async () => {
    const revoked = testKey("user", "gone").publicKey;
    const { result } = await new FakeEngine().up(() => program({ revocations: { [revoked]: 1_795_000_000 } }));
    assert.deepEqual(claimsOf(await unwrap(result.account.jwt)).nats.revocations, { [revoked]: 1_795_000_000 });
  });

  it("keep seeds, creds and user JWTs secret", async () => {
    const { operator, account, user } = (await new FakeEngine().up(() => program())).result;
    const secret = [operator.signingKey.seed, account.signingKey.seed, user.seed, user.jwt, user.creds];
    for (const output of secret) assert.equal(await pulumi.isSecret(output), true);
    for (const output of [operator.jwt, operator.publicKey, account.jwt, account.publicKey, user.publicKey]) {
      assert.equal(await pulumi.isSecret(output), false);
    }
  });

  it("refuse a role the account does not have", async () => {
    const attempt = new FakeEngine().up(() => program({}, { access: { role: "writer" } }));
    await assert.rejects(
      attempt,
      /user "bob" has role "writer", its account has reader: add it to the account's roles/,
    );
  });
});

describe("Operator, brought along", () => {
  /** An operator and its system account that another stack made, as their owner would hand them over. */
  async function handedOver() {
    const { result } = await new FakeEngine().up(() => {
      const identity = generateKeyPair("sys-key", "account", {});
      const operator = new Operator("op", { ...generated, systemAccountId: identity.publicKey });
      const system = { operator, identity, name: "SYS", epoch: 1, limits: platformAccountLimits };
      return { operator, system: new Account("sys", system) };
    });
    const { operator, system } = result;
    const known = [operator.jwt, operator.signingKey.seed, system.jwt, system.signingKey.seed];
    const [jwt = "", signingKeySeed = "", systemJwt = "", systemSeed = ""] = await unwrap(pulumi.all(known));
    return { jwt, signingKeySeed, systemAccount: { jwt: systemJwt, signingKeySeed: systemSeed } };
  }

  it("makes no key and no JWT of its own, and keeps the seed secret", async () => {
    const { jwt, signingKeySeed } = await handedOver();
    const existing = { jwt: `${jwt}\n`, signingKeySeed: `${signingKeySeed}\n`, hasSystemAccount: true };
    const { result, resources } = await new FakeEngine().up(() => new Operator("theirs", existing));
    assert.deepEqual(
      resources.map(({ type }) => type),
      ["nats-platform:identity:Operator"],
    );
    assert.equal(await unwrap(result.jwt), jwt);
    assert.equal(await unwrap(result.publicKey), claimsOf(jwt).sub);
    assert.equal(await unwrap(result.signingKey.seed), signingKeySeed);
    assert.equal(await pulumi.isSecret(result.signingKey.seed), true);
    assert.equal(await pulumi.isSecret(result.jwt), false);
  });

  it("signs the platform's accounts, with a system account brought along too", async () => {
    const { jwt, signingKeySeed, systemAccount } = await handedOver();
    const { result: identity, resources } = await new FakeEngine().up(
      () =>
        new PlatformIdentity("nats", {
          namespace: "nats",
          accountsNamespace: "nats-accounts",
          existingOperator: { jwt, signingKeySeed, systemAccount },
          platform: { jetstream: { memoryStorage: 1, diskStorage: 1 } },
        }),
    );
    assert.equal(await unwrap(identity.operatorJwt), jwt);
    const { SYS, PLATFORM } = identity.accountIds;
    const [systemId = "", platformId = ""] = await unwrap(pulumi.all([SYS, PLATFORM]));
    const preload = await unwrap(identity.preload);
    assert.equal(preload[systemId], systemAccount.jwt);
    assert.equal(claimsOf(preload[platformId] ?? "").iss, claimsOf(systemAccount.jwt).iss);
    const system = parseCreds(await unwrap(identity.credentials.system.creds));
    assert.equal(claimsOf(system.jwt).nats.issuer_account, systemId);
    const random = resources.filter(({ type }) => type.endsWith("RandomPassword")).map(({ name }) => name);
    assert.deepEqual(
      random.filter((name) => /-(sys|operator)-/.test(name)),
      [],
    );
  });

  it("is refused if it names a system account that was not given", async () => {
    const { jwt, signingKeySeed } = await handedOver();
    const existing = { jwt, signingKeySeed, hasSystemAccount: false };
    const { result } = await new FakeEngine().up(() => new Operator("theirs", existing));
    await assert.rejects(
      unwrap(result.publicKey),
      /names A[A-Z2-7]{55} as its system account: give that account's JWT/,
    );
  });
});

describe("Secrets", () => {
  it("refuse names Kubernetes cannot hold", async () => {
    for (const user of ["a b", "a.b", "-a", "a_b", "", "x".repeat(60)]) {
      const attempt = new FakeEngine().up(() => new CredentialsSecret("s", { user, namespace: "nats", creds: "x" }));
      await assert.rejects(attempt, /user name .* cannot be part of a Kubernetes name.*at most 52 characters/);
    }
    const account = { account: "a/b", namespace: "nats", accountId: "A", jwt: "x" };
    await assert.rejects(
      new FakeEngine().up(() => new AccountSecret("s", account)),
      /account name "a\/b" cannot be part/,
    );
  });

  it("take an account's name in lower case, and keep it as it is in the label", async () => {
    const account = { account: "Acme", namespace: "nats", accountId: "A", jwt: "x" };
    const { resources } = await new FakeEngine().up(() => new AccountSecret("s", account));
    const { inputs } = resources.find(({ type }) => type === "kubernetes:core/v1:Secret") ?? assert.fail();
    assert.equal(inputs.metadata.name, "nats-account-acme");
    assert.equal(inputs.metadata.labels["nats-platform/account"], "Acme");
  });
});
