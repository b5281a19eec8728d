import assert from "node:assert/strict";
import { WiringError } from "../../../../components/app/errors";
import { type NatsArgs, natsSettings } from "../../../../components/app/nats-args";

function problemsOf(args: NatsArgs): readonly string[] {
  try {
    natsSettings(args);
  } catch (error) {
    assert.ok(error instanceof WiringError);
    return error.problems;
  }
  return [];
}

const longest = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(61)}`;

describe("natsSettings", () => {
  it("has the defaults of the chart this replaces, the platform's servers as backend, and is off", () => {
    assert.deepEqual(natsSettings(), {
      enabled: false,
      serviceAddress: "nats.messaging.svc.cluster.local",
      port: 4222,
      tokenPath: "/var/run/secrets/nats",
      tokenExpirationSeconds: 3600,
      networkPolicy: "kubernetes",
      backend: {
        podLabels: {
          "app.kubernetes.io/component": "nats",
          "app.kubernetes.io/instance": "nats",
          "app.kubernetes.io/name": "nats",
        },
        podPort: 4222,
      },
    });
  });

  it("expects the pods on the Service's port, unless told another", () => {
    assert.equal(natsSettings({ port: 4223 }).backend.podPort, 4223);
    assert.equal(natsSettings({ port: 4223, backend: { podPort: 4222 } }).backend.podPort, 4222);
  });

  it("takes nothing of another type, from programs without types", () => {
    const odd: readonly (readonly [unknown, RegExp])[] = [
      [null, /^nats = null: must be an object of options/],
      [true, /^nats = true: must be an object of options/],
      [{ enabled: "false" }, /^enabled = "false": must be true or false/],
      [{ enabled: 1 }, /^enabled = 1: must be true or false/],
      [{ serviceAddress: 5 }, /^serviceAddress = 5: must be a DNS name/],
      [{ port: "4222", backend: { podPort: 4222 } }, /^port = "4222": must be a whole number/],
      [{ tokenPath: ["/a"] }, /^tokenPath = \["\/a"\]: must be an absolute path/],
      [{ tokenExpirationSeconds: "600" }, /^tokenExpirationSeconds = "600": must be/],
      [{ containers: "web" }, /^containers = "web": must be a list/],
      [{ containers: [1] }, /^containers = \[1\]: must be a list/],
      [{ containers: null }, /^containers = null: must be a list/],
      [{ networkPolicy: ["none"] }, /^networkPolicy = \["none"\]: must be one of/],
      [{ backend: "nats" }, /^backend = "nats": must be an object/],
      [{ backend: { podLabels: "a=b" } }, /^backend.podLabels = "a=b": must be at least one label/],
      [{ backend: { podLabels: { a: 1 } } }, /^backend.podLabels = \{"a":1\}: must be at least one label/],
    ];
    for (const [args, problem] of odd) {
      const problems = problemsOf(args as NatsArgs);
      assert.equal(problems.length, 1, JSON.stringify(args));
      assert.match(problems[0] ?? "", problem);
    }
  });

  const accepted: { readonly [Key in keyof NatsArgs]: readonly NatsArgs[Key][] } = {
    serviceAddress: ["nats", "nats.example.com", "n-1.a.svc", "1nats.x", longest],
    port: [1, 65_535],
    tokenPath: ["/n", "/custom/path/nats", "/var/run/..secrets/nats.d/a_b-c"],
    tokenExpirationSeconds: [600, 86_400],
    containers: [["app"]],
    networkPolicy: ["kubernetes", "cilium", "none"],
    backend: [{ podLabels: { app: "nats" }, podPort: 1 }],
  };
  const refused = {
    serviceAddress: [
      ["", "nats://nats.example.com", "nats.example.com:4222", "nats.example.com.", "Nats.example.com", "nats_1.x"],
      ["-nats.x", "nats-.x", "nats..x", "10.0.0.1", "::1", "*.example.com", "nats.x\n", `${longest}d`, "a".repeat(64)],
    ].flat(),
    port: [0, 65_536, -1, 4222.5, Number.NaN],
    tokenPath: [
      ["", "/", "nats", "./nats", "/var/run/../nats", "/var/..", "/var/./nats", "/var//nats", "/nats/", "/a:b"],
      ["/a b", "/a$(B)", "/a\n", "\\a"],
    ].flat(),
    tokenExpirationSeconds: [599, 86_401, 0, -3600, 3600.5, Number.POSITIVE_INFINITY],
    containers: [[]],
    networkPolicy: ["calico" as "none", "" as "none"],
  };

  for (const [name, values] of Object.entries(accepted)) {
    it(`takes ${name} at the ends of its range`, () => {
      for (const value of values) assert.deepEqual(problemsOf({ [name]: value }), [], JSON.stringify(value));
    });
  }
  for (const [name, values] of Object.entries(refused)) {
    it(`refuses ${name} out of its range, naming it, its value and what is accepted`, () => {
      for (const value of values) {
        // On or off: what is wrong now is not to come out when wiring is turned on.
        const [problem, ...more] = problemsOf({ [name]: value });
        const backend = name === "port" ? 1 : 0;
        assert.equal(more.length, backend, JSON.stringify(value));
        assert.ok(problem?.startsWith(`${name} = ${JSON.stringify(value)}: must be `), problem);
      }
    });
  }

  it("refuses a backend that would be every pod of its namespace, and a port that is none", () => {
    assert.deepEqual(problemsOf({ backend: { podLabels: {}, podPort: 0 } }), [
      "backend.podLabels = {}: must be at least one label, with its value",
      "backend.podPort = 0: must be a whole number from 1 to 65535",
    ]);
  });

  it("tells every mistake at once", () => {
    const problems = problemsOf({ serviceAddress: "tls://x", tokenPath: "x", tokenExpirationSeconds: 1, port: 0 });
    assert.deepEqual(
      problems.map((problem) => problem.split(" ")[0]),
      ["serviceAddress", "port", "tokenPath", "tokenExpirationSeconds", "backend.podPort"],
    );
  });
});
