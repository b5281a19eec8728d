import assert from "node:assert/strict";
import { stackValues } from "../../../commands/target";
import { ConfigError } from "../../../stacks/config-error";
import { parsePlatformConfig } from "../../../stacks/platform-config";
import { parseTenantConfig } from "../../../stacks/tenant-config";
import { parseWorkstationConfig } from "../../../stacks/workstation-config";

const noetl = { users: ["noetl"] };

/** Problems, as `key: reason`, or an empty list when the configuration is accepted. */
function problems(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(({ key, reason }) => `${key}: ${reason}`);
  }
}

/** Of a workstation with these parts, and these keys beside them. */
const refused = (parts: Record<string, unknown>, keys: Record<string, unknown> = {}) =>
  problems(() => parseWorkstationConfig({ workstation: { accounts: { NOETL: noetl }, ...parts }, ...keys }));

/** Of an account with these parts. */
const refusedAccount = (parts: Record<string, unknown>) => refused({ accounts: { NOETL: { ...noetl, ...parts } } });

describe("configuration of a workstation", () => {
  it("needs nothing but an account with a user; the rest has defaults", () => {
    const { images, ...config } = parseWorkstationConfig({ workstation: { accounts: { NOETL: noetl } } });
    assert.match(images.server, /^nats:/);
    assert.deepEqual(config, {
      protect: true,
      storageClass: undefined,
      chartPath: undefined,
      chartRepository: "https://nats-io.github.io/k8s/helm/charts/",
      namespace: "nats-workstation",
      auth: "jwt",
      sessionCacheTtlSeconds: 300,
      storageSize: "5Gi",
      memorySize: "1Gi",
      resources: { requests: { cpu: "200m", memory: "200Mi" }, limits: { cpu: "200m", memory: "200Mi" } },
      nodePorts: { client: 30422, monitoring: 30822 },
      epoch: 1,
      accounts: {
        NOETL: { users: ["noetl"], jetstream: { memoryStorage: "64Mi", diskStorage: "1Gi" }, buckets: [], streams: [] },
      },
    });
  });

  it("is that of the repository's file, which is not protected", () => {
    const config = parseWorkstationConfig(stackValues("workstation"));
    assert.equal(config.protect, false);
    assert.equal(config.auth, "jwt");
    const { users, buckets } = config.accounts.NOETL ?? assert.fail();
    assert.deepEqual([users, buckets.map(({ name }) => name)], [["noetl"], ["sessions"]]);
  });

  it("reads what Pulumi hands over as text", () => {
    const workstation = JSON.stringify({ accounts: { NOETL: noetl }, epoch: 2 });
    assert.equal(parseWorkstationConfig({ workstation, protect: "false" }).epoch, 2);
  });

  const order = { name: "orders", subjects: ["orders.>"] };
  const many = (streams: number, subjects: number, length: number) =>
    Array.from({ length: streams }, (_, stream) => ({
      name: `s${stream}`,
      subjects: Array.from({ length: subjects }, (_, subject) => `s${stream}.${subject}.x`.padEnd(length, "x")),
    }));
  const cases: [string, () => string[], RegExp][] = [
    ["no account", () => refused({ accounts: {} }), /^workstation\.accounts: must have one account at least/],
    [
      "an unknown part",
      () => refused({ replicas: 3 }),
      /^workstation\.replicas: unknown key; known keys are namespace/,
    ],
    ...["constructor", "toString", "__proto__"].map((name): [string, () => string[], RegExp] => [
      `an unknown part ${name}`,
      () => refused(Object.fromEntries([[name, 1]])),
      new RegExp(`^workstation\\.${name}: unknown key; known keys are namespace`),
    ]),
    [
      "an account __proto__, which no list would show",
      () => refused({ accounts: JSON.parse('{"A":{"users":["a"]},"__proto__":{"users":["b"]}}') }),
      /^workstation\.accounts\.__proto__: is no name that anything may have/,
    ],
    [
      "a namespace of Kubernetes",
      () => refused({ namespace: "kube-system" }),
      /namespace: must be a namespace of its own/,
    ],
    ["another kind of login", () => refused({ auth: "password" }), /auth: must be jwt or static/],
    ["no TTL", () => refused({ sessionCacheTtlSeconds: 0 }), /sessionCacheTtlSeconds: must be 1 or more/],
    ["half a second", () => refused({ sessionCacheTtlSeconds: 0.5 }), /must be a whole number of seconds/],
    ["a decimal size", () => refused({ storageSize: "5G" }), /storageSize: must be a whole number with a binary unit/],
    ["no epoch", () => refused({ epoch: 0 }), /epoch: must be 1 or more; add 1 to rotate/],
    [
      "a port that is no node's",
      () => refused({ nodePorts: { client: 4222 } }),
      /nodePorts\.client: must be 30000 to 32767/,
    ],
    [
      "one port for both",
      () => refused({ nodePorts: { client: 30_822 } }),
      /nodePorts\.monitoring: must be another port than nodePorts\.client/,
    ],
    [
      "limits below the requests",
      () => refused({ resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "500m", memory: "1Gi" } } }),
      /resources\.limits\.cpu: must be at least requests\.cpu \(1\)/,
    ],
    ["no user", () => refusedAccount({ users: [] }), /accounts\.NOETL\.users: must have one user at least/],
    [
      "a user that no Secret can be called after",
      () => refusedAccount({ users: ["No_etl"] }),
      /users\[0\]: must be at most 40 lower-case/,
    ],
    [
      "the system account's user",
      () => refusedAccount({ users: ["sys"] }),
      /users\[0\]: is the system account's own user/,
    ],
    ["a user twice", () => refusedAccount({ users: ["a", "a"] }), /users\[1\]: is a user of account NOETL already/],
    [
      "a user of two accounts",
      () => refused({ accounts: { A: { users: ["a"] }, B: { users: ["a"] } } }),
      /accounts\.B\.users\[0\]: is a user of account A already/,
    ],
    ...["SYS", "sys", "$SYS", "AUTH"].map((name): [string, () => string[], RegExp] => [
      `account ${name}`,
      () => refused({ accounts: { [name]: noetl } }),
      /is an account of this program's own, like SYS, \$SYS, AUTH/,
    ]),
    [
      "an account with a dot",
      () => refused({ accounts: { "a.b": noetl } }),
      /accounts\.a\.b: must be called by at most 32/,
    ],
    [
      "accounts that differ in case",
      () => refused({ accounts: { A: { users: ["a"] }, a: { users: ["b"] } } }),
      /accounts\.a: differs from A in nothing but its case/,
    ],
    [
      "more disk for accounts than there is",
      () => refused({ storageSize: "1Gi", accounts: { A: { users: ["a"] }, B: { users: ["b"] } } }),
      /storageSize: is less than what accounts may store, .* \(2Gi\)/,
    ],
    [
      "more memory for accounts than the server's store",
      () => refused({ memorySize: "32Mi" }),
      /memorySize: is less than what accounts may keep in memory, .* \(64Mi\)/,
    ],
    [
      "more memory for accounts than the container has",
      () => refusedAccount({ jetstream: { memoryStorage: "200Mi" } }),
      /resources\.limits\.memory: must be above what accounts may keep in memory, .* \(200Mi\)/,
    ],
    [
      "three copies of a bucket",
      () => refusedAccount({ buckets: [{ name: "a", replicas: 3 }] }),
      /buckets\[0\]\.replicas: must be 1: a workstation has one server/,
    ],
    [
      "a bucket with a dot",
      () => refusedAccount({ buckets: [{ name: "a.b" }] }),
      /buckets\[0\]\.name: must be at most 100/,
    ],
    [
      "a bucket twice",
      () => refusedAccount({ buckets: [{ name: "a" }, { name: "a" }] }),
      /buckets\[1\]\.name: is given twice/,
    ],
    [
      "buckets that the account has no room for",
      () => refusedAccount({ buckets: [{ name: "a", maxSize: "2Gi" }] }),
      /jetstream\.diskStorage: must be at least what its buckets and streams take, .* \(2Gi\)/,
    ],
    [
      "memory streams that the account has no room for",
      () => refusedAccount({ streams: [{ ...order, storage: "memory", maxSize: "65Mi" }] }),
      /jetstream\.memoryStorage: must be at least what/,
    ],
    [
      "a stream of no subject",
      () => refusedAccount({ streams: [{ ...order, subjects: [] }] }),
      /subjects: must have one/,
    ],
    [
      "a stream of no right subject",
      () => refusedAccount({ streams: [{ ...order, subjects: ["a..b"] }] }),
      /streams\[0\]\.subjects\[0\]: must be a subject/,
    ],
    [
      "a bucket as a stream",
      () => refusedAccount({ streams: [{ ...order, name: "KV_a" }] }),
      /must not begin with KV_/,
    ],
    [
      "an unknown retention",
      () => refusedAccount({ streams: [{ ...order, retention: "ever" }] }),
      /retention: must be limits, interest or workqueue/,
    ],
    ...[">", "*.>", "*.events", "$JS.API.>", "$SYS.>", "_INBOX.a", "$JS.*.ADVISORY"].map(
      (subject): [string, () => string[], RegExp] => [
        `${subject}, which no server stores`,
        () => refusedAccount({ streams: [{ ...order, subjects: [subject] }] }),
        /streams\[0\]\.subjects\[0\]: covers subjects of NATS' own, (\$JS|\$SYS|_INBOX)\.>/,
      ],
    ),
    ...["$KV.sessions.>", "$KV.>", "$KV.*.a"].map((subject): [string, () => string[], RegExp] => [
      `${subject} beside a bucket`,
      () => refusedAccount({ buckets: [{ name: "sessions" }], streams: [{ ...order, subjects: [subject] }] }),
      /subjects\[0\]: covers what bucket sessions stores, \$KV\.sessions\.>/,
    ]),
    [
      "a stream in memory of which there is none",
      () => refusedAccount({ jetstream: { memoryStorage: 0 }, streams: [{ ...order, storage: "memory" }] }),
      /jetstream\.memoryStorage: must be more than none: stream orders is stored there/,
    ],
    [
      "a stream on disk of which there is none",
      () => refusedAccount({ jetstream: { diskStorage: 0 }, streams: [order] }),
      /jetstream\.diskStorage: must be more than none: stream orders is stored there/,
    ],
    [
      "more streams and buckets than an account may have",
      () => refusedAccount({ buckets: [{ name: "a", maxSize: "1Ki" }], streams: many(100, 1, 1) }),
      /^workstation\.accounts\.NOETL: must have at most 100 streams and buckets together/,
    ],
    [
      "a stream of more subjects than the Job can hand on",
      () => refusedAccount({ streams: many(1, 300, 500) }),
      /streams\[0\]\.subjects: must be shorter: the stream's configuration may have 127Ki/,
    ],
    [
      "more subjects of all streams than a ConfigMap holds",
      () => refusedAccount({ streams: many(12, 200, 500) }),
      /NOETL\.streams: must be shorter: configurations of all its streams may have 1Mi together/,
    ],
    ...["orders.>", "orders.*", "orders.*.>", "orders.new"].map((subject): [string, () => string[], RegExp] => [
      `${subject} beside orders.>`,
      () => refusedAccount({ streams: [order, { name: "b", subjects: [subject] }] }),
      /streams\[1\]\.subjects\[0\]: overlaps with orders\.> of stream orders/,
    ]),
    [
      "a key of an environment",
      () => refused({}, { replicas: 5 }),
      /^replicas: is a key of an environment, and means nothing to a workstation, which has protect, images/,
    ],
    ["a wrong image", () => refused({}, { images: { server: "nats" } }), /^images\.server: must be an image/],
  ];
  for (const [what, refuse, reason] of cases) {
    it(`refuses ${what}`, () => {
      const found = refuse();
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", reason);
    });
  }

  it("accepts subjects of two streams that have no message in common, and another account's", () => {
    const streams = [order, { name: "b", subjects: ["order", "orders", "billing.*.new"] }];
    assert.deepEqual(refused({ accounts: { A: { users: ["a"], streams }, B: { users: ["b"], streams } } }), []);
  });

  it("accepts what servers tell as events, and a stream of one token", () => {
    const subjects = ["$JS.EVENT.ADVISORY.>", "$SYS.ACCOUNT.>", "*"];
    assert.deepEqual(refusedAccount({ streams: [{ ...order, subjects }], buckets: [{ name: "sessions" }] }), []);
    assert.deepEqual(refusedAccount({ jetstream: { memoryStorage: 0 }, streams: many(99, 1, 1) }), []);
  });

  it("tells every problem at once, of its parts and of the keys beside them", () => {
    const found = refused({ auth: "none", nodePorts: { client: 30_822 } }, { replicas: 5, images: { server: "nats" } });
    assert.deepEqual(
      found.map((problem) => problem.split(":")[0]),
      ["replicas", "images.server", "workstation.auth", "workstation.nodePorts.monitoring"],
    );
  });

  it("is the only one that has auth: others say so", () => {
    const says = /^(tenant\.)?auth: is of a workstation's stack alone/;
    for (const parse of [
      () => parsePlatformConfig({ auth: "static" }),
      () => parseTenantConfig({ id: "acme", environment: "dev", auth: "static" }, "dev-tenant-acme"),
    ]) {
      const found = problems(parse);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", says);
    }
  });

  it("is none of an environment's: without accounts that says what is missing", () => {
    const found = problems(() => parsePlatformConfig({ workstation: { auth: "static" } }));
    assert.deepEqual(found.length, 1);
    assert.match(found[0] ?? "", /^workstation: has no accounts: give it workstation\.accounts/);
  });
});
