import assert from "node:assert/strict";
import { encodeAccount } from "@nats-io/jwt";
import { Kvm } from "@nats-io/kv";
import { createAccount, createOperator } from "@nats-io/nkeys";
import type { CheckResult, Expected, ProbeSettings, User } from "../../services/verify/contract";
import { answerEveryLogin } from "./verify-callout";
import { createIdentity, userCreds, writeCreds } from "./verify-identity";
import { assertAllGreen, bundledProbe, detail, oneOfThree, red } from "./verify-results";
import { runProbe, TestServers } from "./verify-servers";

const bucket = { name: "orders", ttlSeconds: 900, replicas: 3, maxBytes: 1024 * 1024, history: 1 };

describe("the probe, side by side against three sound servers", () => {
  /** Something wrong with what the probe is told or given, and the checks that must fail for it, with what they say. */
  interface Scenario {
    readonly wrong: string;
    readonly creds?: (servers: TestServers) => Promise<Partial<Record<User, string>>>;
    readonly expected?: Partial<Expected>;
    readonly settings?: (servers: TestServers, settings: ProbeSettings) => Promise<Partial<ProbeSettings>>;
    readonly red: Readonly<Record<string, RegExp>>;
  }

  const scenarios: Scenario[] = [
    { wrong: "nothing", red: {} },
    {
      wrong: "the control plane's creds are garbled",
      creds: async ({ identity }) => ({ "control-plane": identity.creds["control-plane"].replace("eyJ", "eyK") }),
      red: { "client-connect": /Secret nats-control-plane-creds/ },
    },
    {
      wrong: "the control plane's creds are empty",
      creds: async () => ({ "control-plane": "" }),
      red: { "client-connect": /Secret nats-control-plane-creds.*not a creds file/ },
    },
    {
      wrong: "the control plane's creds are of another operator",
      creds: async () => ({ "control-plane": (await createIdentity()).creds["control-plane"] }),
      red: { "client-connect": /Authorization Violation/ },
    },
    {
      wrong: "the control plane may not publish to a subject",
      creds: async ({ identity: { accounts } }) => ({
        "control-plane": await userCreds("limited", accounts.PLATFORM, { pub: { deny: ["verify.*.echo"] } }),
      }),
      red: { "control-plane-permissions": /Permissions Violation/ },
    },
    {
      wrong: "the control plane may not publish to the stream",
      creds: async ({ identity: { accounts } }) => ({
        "control-plane": await userCreds("limited", accounts.PLATFORM, { pub: { deny: ["verify.*.stream"] } }),
      }),
      red: { "stream-r3": /publishing to it: Permissions Violation/ },
    },
    {
      wrong: "the control plane may not write to buckets",
      creds: async ({ identity: { accounts } }) => ({
        "control-plane": await userCreds("limited", accounts.PLATFORM, { pub: { deny: ["$KV.>"] } }),
      }),
      red: { "kv-roundtrip": /Permissions Violation/ },
    },
    {
      wrong: "the observer may do everything",
      creds: async ({ identity }) => ({ observer: identity.creds["control-plane"] }),
      red: { "observer-read-only": /it can publish/ },
    },
    {
      wrong: "the observer may purge streams",
      creds: async ({ identity: { accounts } }) => ({
        observer: await userCreds("observer", accounts.PLATFORM, {
          pub: { allow: ["$JS.API.STREAM.MSG.GET.*", "$JS.API.STREAM.PURGE.*"] },
          sub: { allow: ["_INBOX_observer.>"] },
        }),
      }),
      red: { "observer-read-only": /it can purge/ },
    },
    {
      wrong: "the observer is of another account",
      creds: async ({ identity: { accounts } }) => ({ observer: await userCreds("observer", accounts.AUTH) }),
      red: { "users-connect": /observer is of account A\w+, not PLATFORM/ },
    },
    {
      wrong: "the auth callout's creds are missing",
      creds: async () => ({ "auth-callout": "" }),
      red: { "users-connect": /nats-auth-callout-creds/, sentinel: /nats-auth-callout-creds/ },
    },
    {
      wrong: "the sentinel is another than the servers'",
      creds: async ({ identity: { accounts } }) => ({
        sentinel: await userCreds("other", accounts.AUTH, {
          bearer_token: true,
          pub: { deny: [">"] },
          sub: { deny: [">"] },
        }),
      }),
      red: { sentinel: /nats-0 has another default_sentinel/ },
    },
    {
      wrong: "the sentinel needs a key and may publish",
      creds: async ({ identity: { accounts } }) => ({
        sentinel: await userCreds("keyed", accounts.AUTH, { sub: { deny: [">"] } }),
      }),
      red: { sentinel: /not a bearer/, "sentinel-may-do-nothing": /may publish/ },
    },
    {
      wrong: "the expired creds are still valid",
      creds: async ({ identity: { accounts } }) => ({
        expired: await userCreds("fresh", accounts.PLATFORM, {}, { exp: Math.floor(Date.now() / 1000) + 3600 }),
      }),
      red: { "connect-refused-expired-jwt": /has not expired/ },
    },
    {
      wrong: "the expired creds would be refused anyway",
      creds: async () => ({ expired: (await createIdentity()).creds.expired }),
      red: { "connect-refused-expired-jwt": /proves nothing/ },
    },
    {
      wrong: "the system user hears no events",
      creds: async ({ identity: { accounts } }) => ({
        system: await userCreds("deaf", accounts.SYS, { sub: { deny: ["$SYS.ACCOUNT.>"] } }),
      }),
      red: { "system-events": /Permissions Violation/ },
    },
    {
      wrong: "another operator is expected",
      expected: { operator: createOperator().getPublicKey() },
      red: { "operator-trusted": /nats-0 trusts O\w+, not O/ },
    },
    {
      wrong: "an account is unknown to the servers",
      settings: async (_, { expected }) => ({
        expected: { ...expected, accounts: { ...expected.accounts, TENANT: createAccount().getPublicKey() } },
      }),
      red: { "resolver-accounts": /nats-0 lacks TENANT; nats-1 lacks TENANT; nats-2 lacks TENANT/ },
    },
    {
      wrong: "an account's Secret is newer than what servers hold",
      settings: async ({ identity: { accounts } }, { accountJwts }) => {
        const newer = await encodeAccount("PLATFORM", createAccount(), {}, { signer: createOperator() });
        return { accountJwts: { ...accountJwts, [accounts.PLATFORM.id]: newer } };
      },
      red: { "resolver-accounts": /PLATFORM: servers hold .*, Secret nats-account-platform holds/ },
    },
    {
      wrong: "a bucket is missing",
      expected: { buckets: [bucket, { ...bucket, name: "invoices" }] },
      red: { "kv-buckets": /^invoices: missing$/ },
    },
    {
      wrong: "a bucket has another TTL and size",
      expected: { buckets: [{ ...bucket, ttlSeconds: 60, maxBytes: -1 }] },
      red: { "kv-buckets": /TTL in seconds is 900, not 60; orders: size limit in bytes is 1048576, not -1/ },
    },
    {
      wrong: "nobody listens for leaf nodes",
      settings: async () => ({ leafnodePort: 1 }),
      red: { "leafnode-port": /ECONNREFUSED/ },
    },
    {
      wrong: "clients reach the cluster port",
      settings: async (servers) => ({ closedPorts: { cluster: servers.port(1).cluster } }),
      red: { "network-policy-clients": /reaches .*nats-1 port \d+ \(cluster\)/ },
    },
    {
      wrong: "TLS is expected and off",
      expected: { tls: {} },
      red: { "client-connect": /./, "servers-connect": /./ },
    },
  ];

  let probe: string;
  let servers: TestServers;
  const outcomes = new Map<Scenario, Map<string, CheckResult>>();

  before(async () => {
    probe = await bundledProbe();
    servers = await TestServers.start();
    const control = await servers.connect(servers.identity.creds["control-plane"]);
    const { name, ttlSeconds, replicas, maxBytes, history } = bucket;
    await new Kvm(control).create(name, { ttl: ttlSeconds * 1000, replicas, max_bytes: maxBytes, history });
    await control.close();
    const waiting = [...scenarios];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) outcomes.set(next, await runScenario(next));
    };
    await Promise.all([work(), work(), work(), work()]);
  });

  after(() => servers.stop());

  async function runScenario(scenario: Scenario): Promise<Map<string, CheckResult>> {
    const sound = servers.settings();
    writeCreds(sound.credsDir, (await scenario.creds?.(servers)) ?? {});
    const settings = { ...sound, expected: { ...sound.expected, buckets: [bucket], ...scenario.expected } };
    return runProbe(probe, { ...settings, ...(await scenario.settings?.(servers, settings)) });
  }

  for (const scenario of scenarios) {
    const names = Object.keys(scenario.red);
    it(`${scenario.wrong} is wrong: ${names.length ? `${names.join(", ")} fails` : "all checks pass"}`, () =>
      oneOfThree(async (attempt) => {
        if (attempt > 1) outcomes.set(scenario, await runScenario(scenario));
        const results = outcomes.get(scenario) ?? new Map();
        assert.deepEqual(red(results).sort(), names.sort());
        for (const [name, pattern] of Object.entries(scenario.red)) assert.match(detail(results, name), pattern);
      }));
  }

  it("makes every check there is, and leaves no stream behind", async () => {
    const [sound] = scenarios;
    assert.ok(sound);
    assertAllGreen(outcomes.get(sound) ?? new Map(), { ...servers.settings().expected, buckets: [bucket] });
    const control = await servers.connect(servers.identity.creds["control-plane"]);
    const answer = await control.request("$JS.API.STREAM.NAMES");
    await control.close();
    assert.deepEqual(answer.json<{ streams: string[] }>().streams, ["KV_orders"]);
  });

  it("never prints a seed or a JWT", () => {
    for (const results of outcomes.values()) {
      for (const { name, detail } of results.values())
        assert.doesNotMatch(detail, /eyJ[\w-]{10}|\bS[UAO][A-Z2-7]{40}/, name);
    }
  });

  it("skips what needs a check that failed", () => {
    const garbled = scenarios.find(({ wrong }) => wrong.includes("garbled"));
    assert.ok(garbled);
    assert.equal(detail(outcomes.get(garbled) ?? new Map(), "kv-roundtrip"), "skipped: needs client-connect");
  });

  it("sees from outside whether a server is reached", async () => {
    const settings = { ...servers.settings(), role: "outside" as const };
    const reached = await runProbe(probe, settings);
    assert.match(
      detail(reached, "network-policy-outsiders"),
      /an unlabelled pod reaches the Service port \d+, nats-0 port/,
    );
    assert.deepEqual(red(reached), ["network-policy-outsiders"]);
    const closed = { host: "127.0.0.1", port: 1 };
    const unreached = await runProbe(probe, { ...settings, service: closed, servers: [{ name: "nats-0", ...closed }] });
    assert.deepEqual(red(unreached), []);
  });

  it("finds out that a deployed callout says yes to everybody", async () => {
    const stop = await answerEveryLogin(servers);
    const results = await runProbe(probe, servers.settings());
    await stop();
    assert.deepEqual(red(results).sort(), ["connect-refused-without-creds", "sentinel", "sentinel-may-do-nothing"]);
    assert.match(detail(results, "sentinel"), /nats-0 let us in/);
  });
});
