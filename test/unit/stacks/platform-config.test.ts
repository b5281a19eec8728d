import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "../../../stacks/config-error";
import { authCalloutArgs, tenancyArgs } from "../../../stacks/platform-args";
import { parsePlatformConfig, platformSchema } from "../../../stacks/platform-config";

const root = join(__dirname, "..", "..", "..");

/** Problems as `key: reason`, or an empty list when the configuration is accepted. */
function problems(raw: Record<string, unknown>) {
  try {
    parsePlatformConfig(raw);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
}

function stackFile(name: string): Record<string, unknown> {
  const { config } = parse(readFileSync(join(root, name), "utf8"));
  const entries = Object.entries(config as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, value]) => [key.replace("nats-platform:", ""), value]));
}

describe("platform configuration", () => {
  it("is complete with no key set", () => {
    const config = parsePlatformConfig({});
    assert.equal(config.replicas, 3);
    assert.equal(config.storageClass, undefined);
    assert.deepEqual(
      config.buckets.map(({ name, ttl }) => [name, ttl]),
      [
        ["message_state", "15m"],
        ["retry_queue", "1h"],
        ["dead_letter_queue", "7d"],
      ],
    );
  });

  it("reads values as Pulumi keeps them, as text", () => {
    const config = parsePlatformConfig({
      replicas: "5",
      metrics: "false",
      buckets: '[{"name":"a","maxSize":"1Gi","ttl":"1h"}]',
    });
    assert.equal(config.replicas, 5);
    assert.equal(config.metrics, false);
    assert.deepEqual(config.buckets, [{ name: "a", maxSize: "1Gi", ttl: "1h", replicas: 3, history: 1 }]);
  });

  it("has the same keys and defaults as Pulumi.yaml declares, each with a type and a description", () => {
    const declared = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")).config as Record<
      string,
      { type: string; default: unknown; description: string }
    >;
    assert.deepEqual(Object.keys(declared).sort(), Object.keys(platformSchema.shape).sort());
    const defaults = Object.fromEntries(Object.entries(declared).map(([key, { default: value }]) => [key, value]));
    assert.deepEqual(parsePlatformConfig(defaults), parsePlatformConfig({}));
    for (const [key, { type, description }] of Object.entries(declared)) assert.ok(type && description, key);
  });

  it("runs the callout by default, for audience nats and pods alone, and says the same to the CLI", () => {
    const { default: declared } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")).config.authCallout;
    const { authCallout } = parsePlatformConfig({});
    assert.deepEqual(authCallout, {
      enabled: true,
      replicas: 2,
      audience: "nats",
      verification: "jwks",
      requirePod: true,
      mapping: [],
    });
    assert.deepEqual(declared, authCallout);
  });

  it("denies at admission what its policies do not allow by default, and says the same to the CLI", () => {
    const { default: declared } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")).config.admission;
    assert.deepEqual(parsePlatformConfig({}).admission, { action: "deny", maxTokenSeconds: 7200 });
    assert.deepEqual(declared, parsePlatformConfig({}).admission);
  });

  it("gives the policies at admission what was set, and the callout's audience and mapping", () => {
    const mapping = [{ namespace: "shop", tenant: "acme" }];
    const { admission } = tenancyArgs(
      parsePlatformConfig({ admission: { action: "warn" }, authCallout: { audience: "messages", mapping } }),
    );
    const args = { action: "warn", maxTokenSeconds: 7200, audience: "messages", mapping };
    assert.deepEqual(admission, { ...args, tenantsNamespace: "vrsky-tenants" });
  });

  it("gives the callout what was set, the URL, and the authority where clients use TLS", () => {
    const mapping = [{ namespace: "shop", serviceAccount: "web", tenant: "acme" }];
    const set = { authCallout: { mapping, issuer: "https://issuer.example", image: "x/y:1" } };
    const args = (raw: Record<string, unknown>) => authCalloutArgs(parsePlatformConfig(raw), "nats://nats:4222");
    const defaults = { replicas: 2, audience: "nats", verification: "jwks", requirePod: true, mapping: [] };
    const image = "node:24.21.0-slim";
    assert.deepEqual(args({}), { ...defaults, image, natsUrl: "nats://nats:4222", caSecret: undefined });
    assert.equal(args({ images: { node: "mirror/node:24" } }).image, "mirror/node:24");
    assert.deepEqual(args(set), { ...args({}), ...set.authCallout });
    assert.equal(args({ tlsClientSecret: "tls", tlsCaSecret: "ca" }).caSecret, "ca");
    assert.equal(args({ tlsClusterSecret: "tls", tlsCaSecret: "ca" }).caSecret, undefined);
  });

  for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]) {
    it(`accepts ${file}`, () => assert.deepEqual(problems(stackFile(file)), []));
  }

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    ["two replicas", { replicas: "2" }, "replicas", /odd and at least 3/],
    [
      "one namespace for platform and tenants",
      { tenantsNamespace: "nats" },
      "tenantsNamespace",
      /namespace of its own/,
    ],
    ["the callout's namespace for tenants", { tenantsNamespace: "nats-callout" }, "tenantsNamespace", /of its own/],
    ["no replica of the callout", { authCallout: { replicas: 0 } }, "authCallout.replicas", /1 or more/],
    ["half a replica of the callout", { authCallout: { replicas: 1.5 } }, "authCallout.replicas", /whole number/],
    ["a crowd of callouts", { authCallout: { replicas: 21 } }, "authCallout.replicas", /at most 20/],
    ["an audience with a space", { authCallout: { audience: "a b" } }, "authCallout.audience", /without spaces/],
    ["an empty audience", { authCallout: { audience: "" } }, "authCallout.audience", /without spaces/],
    ["no policies at admission", { admission: { action: "off" } }, "admission.action", /deny or warn/],
    ["tokens of a minute", { admission: { maxTokenSeconds: 60 } }, "admission.maxTokenSeconds", /600 or more/],
    ["tokens of two days", { admission: { maxTokenSeconds: 172_800 } }, "admission.maxTokenSeconds", /at most 86400/],
    ["half a second", { admission: { maxTokenSeconds: 900.5 } }, "admission.maxTokenSeconds", /whole number/],
    ["an issuer that is no URL", { authCallout: { issuer: "me" } }, "authCallout.issuer", /URL of an issuer/],
    [
      "another verification",
      { authCallout: { verification: "none" } },
      "authCallout.verification",
      /jwks or token-review/,
    ],
    ["text for requirePod", { authCallout: { requirePod: "no" } }, "authCallout.requirePod", /true or false/],
    ["an image with a space", { authCallout: { image: "a b" } }, "authCallout.image", /repository:tag/],
    ["an image without a tag", { images: { server: "nats" } }, "images.server", /with a tag or a digest/],
    ["a port for a tag", { images: { node: "mirror:5000/node" } }, "images.node", /with a tag or a digest/],
    ["half a digest", { images: { node: "node:24@sha256:0e0f" } }, "images.node", /64 hex digits/],
    ["an image of nothing", { images: { sidecar: "a:1" } }, "images.sidecar", /./],
    [
      "a mapping of no tenant",
      { authCallout: { mapping: [{ namespace: "a" }] } },
      "authCallout.mapping[0].tenant",
      /is missing/,
    ],
    [
      "a mapping of a namespace that is none",
      { authCallout: { mapping: [{ namespace: "*", tenant: "acme" }] } },
      "authCallout.mapping[0].namespace",
      /DNS label/,
    ],
    [
      "a mapping of an empty ServiceAccount",
      { authCallout: { mapping: [{ namespace: "a", serviceAccount: "", tenant: "acme" }] } },
      "authCallout.mapping[0].serviceAccount",
      /must be a name/,
    ],
    [
      "an unknown key of a mapping",
      { authCallout: { mapping: [{ namespace: "a", serviceaccount: "b", tenant: "acme" }] } },
      "authCallout.mapping[0].serviceaccount",
      /unknown key/,
    ],
    ["an unknown key of the callout", { authCallout: { replica: 3 } }, "authCallout.replica", /unknown key/],
    ["the accounts' namespace for tenants", { tenantsNamespace: "nats-accounts" }, "tenantsNamespace", /of its own/],
    ["a namespace without room for that of accounts", { namespace: "n".repeat(55) }, "namespace", /at most 54/],
    [
      "a quota with limits below its requests",
      { tenantsQuota: { limits: { cpu: "1", memory: "1Gi" } } },
      "tenantsQuota.limits.memory",
      /at least requests.memory \(100Gi\)/,
    ],
    [
      "a ceiling above what servers take",
      { tenantCeiling: { payload: "2Mi" } },
      "tenantCeiling.payload",
      /at most 1Mi/,
    ],
    ["a tenant without an id", { tenant: { environment: "dev" } }, "tenant", /has no id/],
    ["an even number of replicas", { replicas: 4 }, "replicas", /odd and at least 3/],
    ["one replica in prod", { replicas: 1, environment: "prod" }, "replicas", /odd and at least 3/],
    ["a fraction of a replica", { replicas: "3.5" }, "replicas", /whole number/],
    ["a storage size without a unit", { jetstreamStorageSize: "10" }, "jetstreamStorageSize", /binary unit/],
    ["a storage size with a decimal unit", { jetstreamStorageSize: "10G" }, "jetstreamStorageSize", /binary unit/],
    ["buckets without JetStream", { jetstream: "false" }, "jetstream", /buckets need JetStream/],
    [
      "a soft spread in prod",
      { environment: "prod", topologySpread: "soft" },
      "topologySpread",
      /must be hard in prod/,
    ],
    ["an unknown environment", { environment: "production" }, "environment", /dev, staging or prod/],
    ["an unknown key", { replica: 3 }, "replica", /unknown key; known keys are .*replicas/],
    ["a namespace that is no DNS label", { namespace: "Nats_1" }, "namespace", /DNS label/],
    ["text for a flag", { leafnodes: "yes" }, "leafnodes", /true or false/],
    ["broken JSON for a list", { buckets: "[{" }, "buckets", /array/],
    [
      "an unknown key in a bucket",
      { buckets: [{ name: "a", maxSize: "1Gi", size: 1 }] },
      "buckets[0].size",
      /unknown key/,
    ],
    ["a TTL without a unit", { buckets: [{ name: "a", maxSize: "1Gi", ttl: "15" }] }, "buckets[0].ttl", /unit/],
    ["an even bucket", { buckets: [{ name: "a", maxSize: "1Gi", replicas: 2 }] }, "buckets[0].replicas", /1, 3 or 5/],
    [
      "a bucket of more copies than servers",
      { buckets: [{ name: "a", maxSize: "1Gi", replicas: 5 }] },
      "buckets[0].replicas",
      /at most replicas \(3\)/,
    ],
    ["buckets larger than the store", { jetstreamStorageSize: "2Gi" }, "buckets", /adds up to 3Gi/],
    [
      "a memory store as large as the server",
      { jetstreamMemorySize: "1Gi" },
      "jetstreamMemorySize",
      /below the memory limit/,
    ],
    [
      "a memory limit below the request",
      { resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "1", memory: "1Gi" } } },
      "resources.limits.memory",
      /at least requests.memory/,
    ],
    [
      "a CPU limit below the request",
      { resources: { requests: { cpu: "2", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } } },
      "resources.limits.cpu",
      /at least requests.cpu \(2\)/,
    ],
    ["an authority without certificates", { tlsCaSecret: "ca" }, "tlsCaSecret", /turns no TLS on by itself/],
    ["a chart at a relative path", { chartPath: "charts/nats" }, "chartPath", /absolute path/],
    ["an operator without its key", { operatorJwt: "eyJ" }, "operatorJwt", /needs operatorSigningKey/],
    [
      "a system account without its operator",
      { systemAccountJwt: "eyJ", systemAccountSigningKey: "SAA" },
      "systemAccountJwt",
      /needs operatorJwt/,
    ],
    ["an epoch of 0", { usersEpoch: "0" }, "usersEpoch", /add 1 to rotate/],
    ["a PodMonitor without metrics", { podMonitor: true, metrics: false }, "podMonitor", /needs metrics/],
    ["a namespace of Kubernetes", { namespace: "kube-system" }, "namespace", /namespace of its own/],
    ["more replicas than can be", { replicas: 11 }, "replicas", /at most 9/],
    [
      "a limit that shuts everybody out",
      { platformAccountLimits: { connections: 0 } },
      "platformAccountLimits.connections",
      /1 or more/,
    ],
    [
      "an account too small for its buckets",
      { platformAccountLimits: { diskStorage: "1Gi" } },
      "platformAccountLimits.diskStorage",
      /\(9Gi\)/,
    ],
    [
      "fewer streams than buckets",
      { platformAccountLimits: { streams: 2 } },
      "platformAccountLimits.streams",
      /at least the number of buckets/,
    ],
    [
      "a payload that servers do not take",
      { platformAccountLimits: { payload: "2Mi" } },
      "platformAccountLimits.payload",
      /at most 1Mi/,
    ],
    [
      "a TTL of more than a hundred years",
      { buckets: [{ name: "a", maxSize: "1Gi", ttl: "99999999d" }] },
      "buckets[0].ttl",
      /36500d/,
    ],
    [
      "a size that is no exact number",
      { buckets: [{ name: "a", maxSize: "9999999999Ti" }] },
      "buckets[0].maxSize",
      /binary unit/,
    ],
    ["a repository without TLS", { chartRepository: "http://charts.example" }, "chartRepository", /https/],
    ["TLS routes without a CA", { tlsClusterSecret: "cluster" }, "tlsClusterSecret", /needs tlsCaSecret/],
  ];
  for (const [name, raw, key, reason] of wrong) {
    it(`refuses ${name}`, () => {
      const found = problems(raw).find((problem) => problem.key === key);
      assert.match(found?.reason ?? `no problem with ${key}`, reason);
    });
  }

  it("names a bucket that is given twice once", () => {
    const twice = [
      { name: "a", maxSize: "1Gi" },
      { name: "a", maxSize: "1Gi" },
    ];
    assert.deepEqual(
      problems({ buckets: twice }).map(({ key }) => key),
      ["buckets[1].name"],
    );
  });

  it("tells every problem at once, those of single keys and those between keys", () => {
    const keys = problems({
      replicas: 2,
      jetstreamStorageSize: "10",
      foo: 1,
      topologySpread: "soft",
      environment: "prod",
    }).map(({ key }) => key);
    for (const key of ["replicas", "jetstreamStorageSize", "foo", "topologySpread"]) assert.ok(keys.includes(key), key);
  });

  it("refuses a secret that is not encrypted, without naming it", () => {
    const raw = { operatorJwt: "eyJ", operatorSigningKey: "SOSECRET" };
    assert.doesNotThrow(() => parsePlatformConfig(raw, new Set(["operatorSigningKey"])));
    assert.throws(
      () => parsePlatformConfig(raw, new Set()),
      /operatorSigningKey: is in the stack's file in the clear(?!.*SOSECRET)/,
    );
  });

  it("names the value found, but never a secret one", () => {
    assert.equal(problems({ replicas: 2 })[0]?.value, "2");
    const error = new ConfigError(problems({ operatorSigningKey: "SOSECRET", systemAccountSigningKey: 7 }));
    assert.doesNotMatch(error.message, /SOSECRET|7/);
  });
});
