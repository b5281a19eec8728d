import assert from "node:assert/strict";
import { decode } from "@nats-io/jwt";
import * as pulumi from "@pulumi/pulumi";
import { FakeEngine, unwrap } from "./fake-engine";
import { claimsOf } from "./keys";
import { accountJwt, type Run, up, userNames } from "./platform-run";

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
    assert.deepEqual(names("random:index/randomPassword:RandomPassword"), [
      "nats-account-sync-key-1",
      "nats-auth-callout-key-1",
      "nats-auth-callout-xkey-1",
      "nats-auth-callout-xkey-2",
      "nats-auth-key",
      "nats-auth-signing-key-1",
      "nats-auth-signing-key-2",
      "nats-control-plane-key-1",
      "nats-expired-key-1",
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
        "nats-auth-callout-signing",
        "nats-auth-callout-xkey",
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
      "account-sync": "SYS",
      "control-plane": "PLATFORM",
      observer: "PLATFORM",
      "auth-callout": "AUTH",
      sentinel: "AUTH",
      expired: "PLATFORM",
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
    const { xkey, ...authorization } = claimsOf(accountJwt(run, "AUTH")).nats.authorization;
    assert.match(xkey, /^X[A-Z2-7]{55}$/, "requests are encrypted");
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

/** Mocks see a secret input wrapped in its signature. */
function secretValue(data: Record<string, string> | { value: Record<string, string> }): Record<string, string> {
  return "value" in data && typeof data.value === "object" ? data.value : (data as Record<string, string>);
}
