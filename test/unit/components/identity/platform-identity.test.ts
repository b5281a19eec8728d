import assert from "node:assert/strict";
import { decode } from "@nats-io/jwt";
import * as pulumi from "@pulumi/pulumi";
import { parseCreds } from "../../../../components/identity/creds";
import { PlatformIdentity, type PlatformIdentityArgs } from "../../../../components/identity/platform-identity";
import type { PlatformUserName } from "../../../../components/identity/platform-users";
import { FakeEngine, type Registered, unwrap } from "./fake-engine";
import { claimsOf } from "./keys";

const args: PlatformIdentityArgs = {
  namespace: "nats",
  platform: { jetstream: { memoryStorage: 1024 ** 3, diskStorage: 30 * 1024 ** 3 } },
};
const userNames: PlatformUserName[] = ["system", "control-plane", "observer", "auth-callout", "sentinel"];

/** Everything a run gave, unwrapped. */
interface Run {
  readonly identity: PlatformIdentity;
  readonly resources: readonly Registered[];
  readonly operatorJwt: string;
  readonly ids: Record<"SYS" | "PLATFORM" | "AUTH", string>;
  readonly preload: Record<string, string>;
  readonly creds: Record<PlatformUserName, { jwt: string; seed: string }>;
}

async function up(engine: FakeEngine, overrides: Partial<PlatformIdentityArgs> = {}): Promise<Run> {
  const { result: identity, resources } = await engine.up(
    () => new PlatformIdentity("nats", { ...args, ...overrides }),
  );
  const creds = await Promise.all(
    userNames.map(async (name) => [name, parseCreds(await unwrap(identity.credentials[name].creds))]),
  );
  return {
    identity,
    resources,
    operatorJwt: await unwrap(identity.operatorJwt),
    ids: await unwrap(pulumi.all(identity.accountIds)),
    preload: await unwrap(identity.preload),
    creds: Object.fromEntries(creds),
  };
}

function accountJwt(run: Run, name: "SYS" | "PLATFORM" | "AUTH"): string {
  return run.preload[run.ids[name]] ?? assert.fail(`no JWT of ${name}`);
}

describe("PlatformIdentity", () => {
  let run: Run;
  before(async () => {
    run = await up(new FakeEngine());
  });

  it("registers exactly the resources it needs", () => {
    const names = (type: string) =>
      run.resources
        .filter((resource) => resource.type === type)
        .map(({ name }) => name)
        .sort();
    assert.deepEqual(names("random:index/randomBytes:RandomBytes"), [
      "nats-auth-callout-key-1",
      "nats-auth-key",
      "nats-auth-signing-key-1",
      "nats-auth-signing-key-2",
      "nats-control-plane-key-1",
      "nats-observer-key-1",
      "nats-operator-key",
      "nats-operator-signing-key-1",
      "nats-operator-signing-key-2",
      "nats-platform-key",
      "nats-platform-signing-key-1",
      "nats-platform-signing-key-2",
      "nats-sentinel-key-1",
      "nats-sys-key",
      "nats-sys-signing-key-1",
      "nats-sys-signing-key-2",
      "nats-system-key-1",
    ]);
    assert.deepEqual(
      names("random:index/randomUuid7:RandomUuid7"),
      [...userNames, "operator", "sys", "platform", "auth"].map((name) => `nats-${name}-issue`).sort(),
    );
    assert.deepEqual(
      names("kubernetes:core/v1:Secret"),
      [
        ...userNames.map((name) => `nats-${name}-creds`),
        "nats-account-sys",
        "nats-account-platform",
        "nats-account-auth",
      ].sort(),
    );
  });

  it("lets the operator trust its signing keys and name the system account", () => {
    const { sub, iss, nats } = claimsOf(run.operatorJwt);
    assert.equal(iss, sub);
    assert.equal(nats.system_account, run.ids.SYS);
    assert.equal(nats.strict_signing_key_usage, true);
    assert.equal(nats.assert_server_version, "2.14.0");
    assert.equal(nats.signing_keys.length, 2);
  });

  it("signs accounts by the operator's signing key, users by their account's, all verifiable", () => {
    const operator = claimsOf(run.operatorJwt);
    const owners = {
      system: "SYS",
      "control-plane": "PLATFORM",
      observer: "PLATFORM",
      "auth-callout": "AUTH",
      sentinel: "AUTH",
    } as const;
    for (const name of ["SYS", "PLATFORM", "AUTH"] as const) {
      const claims = decode(accountJwt(run, name));
      assert.equal(claims.name, name);
      assert.equal(claims.iss, operator.nats.signing_keys[0]);
    }
    for (const name of userNames) {
      const account = claimsOf(accountJwt(run, owners[name]));
      const user = decode<{ issuer_account: string }>(run.creds[name].jwt);
      assert.equal(user.name, name);
      assert.equal(user.nats.issuer_account, account.sub);
      assert.ok(account.nats.signing_keys.includes(user.iss));
      assert.notEqual(user.iss, account.sub);
    }
  });

  it("writes every limit of every account and user, none of a usable account as 0", () => {
    const fields = [
      "subs",
      "data",
      "payload",
      "imports",
      "exports",
      "wildcards",
      "disallow_bearer",
      "conn",
      "leaf",
      "mem_storage",
      "disk_storage",
      "streams",
      "consumer",
      "max_ack_pending",
      "mem_max_stream_bytes",
      "disk_max_stream_bytes",
      "max_bytes_required",
    ];
    for (const name of ["SYS", "PLATFORM", "AUTH"] as const) {
      const { limits } = claimsOf(accountJwt(run, name)).nats;
      assert.deepEqual(Object.keys(limits), fields);
      for (const field of ["subs", "data", "payload", "conn", "leaf"])
        assert.notEqual(limits[field], 0, `${field} of ${name}`);
      const jetstream = fields.slice(9, -1).map((field) => limits[field]);
      if (name === "PLATFORM") assert.deepEqual(jetstream, [1024 ** 3, 30 * 1024 ** 3, -1, -1, -1, -1, -1]);
      else assert.deepEqual(jetstream, [0, 0, 0, 0, 0, 0, 0], `JetStream of ${name} is off`);
    }
    for (const name of userNames) {
      const { subs, data, payload } = claimsOf(run.creds[name].jwt).nats;
      assert.deepEqual([subs, data, payload], [-1, -1, -1], name);
    }
    assert.deepEqual(
      Object.entries(claimsOf(accountJwt(run, "PLATFORM")).nats.limits)
        .slice(0, 9)
        .map(([, value]) => value),
      [100_000, -1, 1_048_576, 100, 100, true, true, 10_000, 100],
    );
  });

  it("sends logins to account AUTH through its callout user, into any account", () => {
    const { authorization } = claimsOf(accountJwt(run, "AUTH")).nats;
    assert.deepEqual(authorization, {
      auth_users: [claimsOf(run.creds["auth-callout"].jwt).sub],
      allowed_accounts: ["*"],
    });
    for (const name of ["SYS", "PLATFORM"] as const)
      assert.deepEqual(claimsOf(accountJwt(run, name)).nats.authorization, {});
  });

  it("gives the system account nsc's exports", () => {
    const { exports } = claimsOf(accountJwt(run, "SYS")).nats;
    assert.deepEqual(
      exports.map(({ name, subject }: { name: string; subject: string }) => [name, subject]),
      [
        ["account-monitoring-streams", "$SYS.ACCOUNT.*.>"],
        ["account-monitoring-services", "$SYS.REQ.ACCOUNT.*.*"],
      ],
    );
  });

  it("lets only the sentinel be a bearer, and it do nothing", async () => {
    for (const name of userNames) {
      assert.equal(claimsOf(run.creds[name].jwt).nats.bearer_token, name === "sentinel" ? true : undefined, name);
    }
    const { pub, sub, resp } = claimsOf(run.creds.sentinel.jwt).nats;
    assert.deepEqual([pub, sub, resp], [{ deny: [">"] }, { deny: [">"] }, undefined]);
    assert.equal(await unwrap(run.identity.sentinelJwt), run.creds.sentinel.jwt);
  });

  it("lets the observer send no request that writes", () => {
    const { pub, sub } = claimsOf(run.creds.observer.jwt).nats;
    for (const subject of pub.allow)
      assert.match(
        subject,
        /^\$JS\.API\.(INFO|(STREAM|CONSUMER)\.(NAMES|LIST|INFO|MSG\.GET)[.*]*|DIRECT\.GET\.[.*>]+)$/,
      );
    assert.deepEqual(sub, { allow: ["_INBOX_observer.>"] });
  });

  it("keeps every seed, creds and user JWT secret, and shows keys and account JWTs", async () => {
    const { identity } = run;
    const secret: pulumi.Output<unknown>[] = [
      identity.sentinelJwt,
      ...userNames.map((name) => identity.credentials[name].creds),
    ];
    for (const output of secret) assert.equal(await pulumi.isSecret(output), true);
    const plain: pulumi.Output<unknown>[] = [
      identity.operatorJwt,
      identity.operatorPublicKey,
      identity.preload,
      identity.systemAccountId,
    ];
    for (const output of [...plain, ...Object.values(identity.accountIds)])
      assert.equal(await pulumi.isSecret(output), false);
  });

  it("writes creds and account JWTs to Kubernetes Secrets that can be found", async () => {
    const secrets = run.resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
    for (const user of userNames) {
      const { inputs } = secrets.find(({ name }) => name === `nats-${user}-creds`) ?? assert.fail(user);
      assert.deepEqual(inputs.metadata, {
        name: `nats-${user}-creds`,
        namespace: "nats",
        labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "nats-platform" },
      });
      const text = await unwrap(run.identity.credentials[user].creds);
      assert.equal(inputs.stringData, undefined);
      assert.equal(Buffer.from(secretValue(inputs.data)["nats.creds"] ?? "", "base64").toString(), text);
      assert.equal(await unwrap(run.identity.credentials[user].secretName), `nats-${user}-creds`);
    }
    for (const account of ["SYS", "PLATFORM", "AUTH"] as const) {
      const { inputs } =
        secrets.find(({ name }) => name === `nats-account-${account.toLowerCase()}`) ?? assert.fail(account);
      assert.equal(inputs.metadata.name, `nats-account-${account.toLowerCase()}`);
      assert.equal(inputs.metadata.labels["nats-platform/account"], account);
      assert.deepEqual(inputs.metadata.annotations, { "nats-platform/account-id": run.ids[account] });
      assert.equal(
        Buffer.from(secretValue(inputs.data)["account.jwt"] ?? "", "base64").toString(),
        accountJwt(run, account),
      );
    }
  });

  it("keeps no secret in a keeper", () => {
    for (const { name, inputs } of run.resources.filter(({ type }) => type.endsWith("RandomUuid7"))) {
      assert.deepEqual(Object.keys(inputs.keepers).sort(), ["claims", "epoch"], name);
      assert.match(inputs.keepers.claims, /^[0-9a-f]{64}$/);
      assert.equal(inputs.keepers.epoch, "1");
    }
  });
});

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
      platform: { ...args.platform, limits: { connections: 5, leafNodes: undefined } },
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
    assert.deepEqual(claimsOf(accountJwt(second, "AUTH")).nats.authorization.auth_users, [
      claimsOf(second.creds["auth-callout"].jwt).sub,
    ]);
  });

  it("refuses epochs that are no whole number from 1", async () => {
    for (const epochs of [{ operator: 0 }, { accounts: 1.5 }, { users: -1 }, { operator: Number.NaN }]) {
      await assert.rejects(
        new FakeEngine().up(() => new PlatformIdentity("nats", { ...args, epochs })),
        /epoch of nats-.* it must be a whole number from 1/,
      );
    }
  });
});

/** Order of registration is not promised. */
function byName(resources: readonly Registered[]): Registered[] {
  return [...resources].sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

/** Mocks see a secret input wrapped in its signature. */
function secretValue(data: Record<string, string> | { value: Record<string, string> }): Record<string, string> {
  return "value" in data && typeof data.value === "object" ? data.value : (data as Record<string, string>);
}
