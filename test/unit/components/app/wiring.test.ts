import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { WiringError } from "../../../../components/app/errors";
import { natsWiring } from "../../../../components/app/wiring";
import { frozen } from "./support";

const volume = {
  name: "nats-token",
  projected: { sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } }] },
};
const mount = { mountPath: "/var/run/secrets/nats", name: "nats-token", readOnly: true };
const url = { name: "NATS_URL", value: "nats://nats.messaging.svc.cluster.local:4222" };
const file = { name: "NATS_TOKEN_FILE", value: "/var/run/secrets/nats/token" };
const label = { "nats-platform/client": "true" };

const wire = natsWiring({ enabled: true });

/** The problems a template is refused for. */
function problemsOf(template: object, wiring = wire): readonly string[] {
  try {
    wiring(frozen(template));
  } catch (error) {
    assert.ok(error instanceof WiringError);
    return error.problems;
  }
  return [];
}

const pod = (container: object, spec: object = {}, metadata: object = {}) => ({
  metadata,
  spec: { containers: [{ name: "app", ...container }], ...spec },
});

describe("natsWiring", () => {
  it("hands a template back as it is while it is off", () => {
    const template = pod({});
    for (const args of [undefined, {}, { enabled: false }, { enabled: false, port: 4223 }]) {
      assert.equal(natsWiring(args)(template), template);
    }
  });

  it("adds volume, mount, variables and label to a template that has none", () => {
    assert.deepEqual(wire(frozen({ spec: { containers: [{ name: "app" }] } })), {
      metadata: { labels: label },
      spec: { containers: [{ name: "app", env: [url, file], volumeMounts: [mount] }], volumes: [volume] },
    });
  });

  it("adds to the first container only, and leaves the others and the init containers", () => {
    const template = frozen({ spec: { initContainers: [{ name: "i" }], containers: [{ name: "a" }, { name: "b" }] } });
    const { spec } = wire(template);
    assert.deepEqual(spec.initContainers, [{ name: "i" }]);
    assert.deepEqual(spec.containers, [{ name: "a", env: [url, file], volumeMounts: [mount] }, { name: "b" }]);
  });

  it("adds to all containers and init containers that are named, and to no other", () => {
    const template = frozen({ spec: { initContainers: [{ name: "i" }], containers: [{ name: "a" }, { name: "b" }] } });
    const { spec } = natsWiring({ enabled: true, containers: ["i", "b"] })(template);
    assert.deepEqual(spec.initContainers, [{ name: "i", env: [url, file], volumeMounts: [mount] }]);
    assert.deepEqual(spec.containers, [{ name: "a" }, { name: "b", env: [url, file], volumeMounts: [mount] }]);
    assert.deepEqual((spec as { volumes?: object[] }).volumes, [volume]);
  });

  it("changes nothing when it is wired a second time", () => {
    for (const containers of [undefined, ["app"], ["side", "app"]]) {
      const again = natsWiring({ enabled: true, containers });
      const template = pod({ env: [{ name: "A", value: "1" }] }, { initContainers: [{ name: "side" }], volumes: [] });
      const once = again(template);
      assert.deepEqual(again(frozen(once)), once);
    }
  });

  it("wires another container of a template that is wired", () => {
    const template = { spec: { containers: [{ name: "a" }, { name: "b" }] } };
    const { spec } = natsWiring({ enabled: true, containers: ["b"] })(frozen(wire(template)));
    assert.deepEqual(
      spec.containers,
      ["a", "b"].map((name) => ({ name, env: [url, file], volumeMounts: [mount] })),
    );
    assert.deepEqual((spec as { volumes?: object[] }).volumes, [volume]);
  });

  it("finds its own entries in whatever order their fields are", () => {
    const { projected, name } = volume;
    const template = pod(
      {
        env: [{ value: url.value, name: url.name }, file],
        volumeMounts: [{ readOnly: true, name: mount.name, mountPath: mount.mountPath }],
      },
      { volumes: [{ projected, name }] },
      { labels: label },
    );
    assert.deepEqual(wire(frozen(template)), template);
  });

  it("wires a Pod itself, without a token for the API, with any ServiceAccount or none", () => {
    for (const spec of [{}, { serviceAccountName: "default" }, { automountServiceAccountToken: false }]) {
      const wired = wire({ apiVersion: "v1", kind: "Pod", ...pod({}, spec, { name: "once" }) });
      assert.equal(wired.kind, "Pod");
      assert.deepEqual(wired.metadata, { name: "once", labels: label });
      assert.deepEqual(wired.spec, {
        containers: [{ name: "app", env: [url, file], volumeMounts: [mount] }],
        ...spec,
        volumes: [volume],
      });
    }
  });

  it("leaves other mounts of its volume and folders above and beside its own alone", () => {
    const mounts = [
      { mountPath: "/var/run/secrets", name: "others" },
      { mountPath: "/var/run/secrets/nats-creds", name: "others" },
      { mountPath: "/elsewhere", name: "nats-token" },
    ];
    const { spec } = wire(pod({ volumeMounts: mounts }, { volumes: [{ name: "others", emptyDir: {} }] }));
    assert.deepEqual((spec.containers[0] as { volumeMounts?: object[] }).volumeMounts, [...mounts, mount]);
  });
});

describe("natsWiring, clashes", () => {
  const clash = (what: string, template: object, expected: RegExp) =>
    it(what, () => {
      const problems = problemsOf(template);
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", expected);
    });

  clash(
    "a volume of that name from elsewhere",
    pod({}, { volumes: [{ name: "nats-token", secret: { secretName: "s" } }] }),
    /^volume nats-token is in the template with another meaning than wiring to NATS gives it, .*audience "nats".*3600 s: rename/,
  );
  const { serviceAccountToken } = volume.projected.sources[0] ?? assert.fail();
  for (const [what, change] of Object.entries({
    audience: { audience: "other" },
    "time to live": { expirationSeconds: 7200 },
    file: { path: "jwt" },
  })) {
    clash(
      `a token with another ${what}`,
      pod(
        {},
        {
          volumes: [
            {
              name: "nats-token",
              projected: { sources: [{ serviceAccountToken: { ...serviceAccountToken, ...change } }] },
            },
          ],
        },
      ),
      /^volume nats-token/,
    );
  }
  clash(
    "another volume at its path",
    pod({ volumeMounts: [{ name: "creds", mountPath: "/var/run/secrets/nats" }] }),
    /^container "app" mounts volume "creds" at \/var\/run\/secrets\/nats, where wiring to NATS mounts nats-token, read-only: mount it elsewhere, or set another tokenPath$/,
  );
  clash(
    "another volume at its path, written with a slash at the end",
    pod({ volumeMounts: [{ name: "creds", mountPath: "/var/run/secrets//nats/" }] }),
    /^container "app" mounts volume "creds"/,
  );
  clash(
    "another volume in the place of its file",
    pod({ volumeMounts: [{ name: "creds", mountPath: "/var/run/secrets/nats/token", subPath: "token" }] }),
    /^container "app" mounts volume "creds" at \/var\/run\/secrets\/nats\/token, where wiring to NATS mounts nats-token/,
  );
  clash(
    "another volume below its path, where nothing can be mounted",
    pod({ volumeMounts: [{ name: "ca", mountPath: "/var/run/secrets/nats/./ca" }] }),
    /^container "app" mounts volume "ca"/,
  );
  clash(
    "its volume at its path, to be written to",
    pod({ volumeMounts: [{ name: "nats-token", mountPath: "/var/run/secrets/nats" }] }),
    /^container "app" mounts nats-token in another way at/,
  );
  clash(
    "NATS_URL with another value",
    pod({ env: [{ name: "NATS_URL", value: "nats://elsewhere:4222" }] }),
    /^container "app" sets NATS_URL to another value and wiring to NATS sets it to "nats:\/\/nats\.messaging\.svc\.cluster\.local:4222": remove it/,
  );
  clash(
    "NATS_URL from a Secret",
    pod({ env: [{ name: "NATS_URL", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }] }),
    /^container "app" sets NATS_URL from elsewhere \(valueFrom\)/,
  );
  clash(
    "NATS_TOKEN_FILE with a value that is an Output, which nobody can compare",
    pod({ env: [{ name: "NATS_TOKEN_FILE", value: pulumi.output("/var/run/secrets/nats/token") }] }),
    /^container "app" sets NATS_TOKEN_FILE to a value that is not known yet .* "\/var\/run\/secrets\/nats\/token"/,
  );
  clash(
    "a variable that is right first and then something else, which is the one that counts",
    pod({ env: [url, { name: "NATS_URL", value: "nats://elsewhere:4222" }] }),
    /^container "app" sets NATS_URL to another value/,
  );
  clash(
    "the label with another value",
    pod({}, {}, { labels: { "nats-platform/client": "false" } }),
    /^the pod's label nats-platform\/client is "false" and wiring to NATS sets "true": remove it from the template$/,
  );
  clash(
    "the label with a value that is an Output",
    pod({}, {}, { labels: { "nats-platform/client": pulumi.output("true") } }),
    /^the pod's label nats-platform\/client is not known yet/,
  );
  clash("a pod without containers", { spec: { containers: [] } }, /^it has no container to wire/);
  clash("a template without a spec", {}, /^it has no container to wire/);

  it("a container that is not there, beside those that are", () => {
    const wiring = natsWiring({ enabled: true, containers: ["app", "ap", "side"] });
    assert.deepEqual(problemsOf(pod({}, { initContainers: [{ name: "init" }] }), wiring), [
      'there is no container "ap" or "side", which `containers` names: it must be among app, init',
    ]);
  });

  it("are told all at once, with whose they are, and never what a variable holds", () => {
    const secret = "nats://user:pass@elsewhere:4222";
    const template = pod(
      {
        env: [
          { name: "NATS_URL", value: secret },
          { name: "NATS_TOKEN_FILE", value: "/creds" },
        ],
        volumeMounts: [{ name: "creds", mountPath: "/var/run/secrets/nats" }],
      },
      { volumes: [{ name: "nats-token", emptyDir: {} }] },
      { labels: { "nats-platform/client": "no" } },
    );
    assert.equal(problemsOf(template).length, 5);
    assert.throws(
      () => wire(template, 'Deployment "web"'),
      ({ name, message }: Error) =>
        name === "WiringError" && message.startsWith('Deployment "web": ') && !message.includes("user:pass"),
    );
  });

  it("are no matter in a container that is not wired", () => {
    const template = {
      spec: { containers: [{ name: "app" }, { name: "side", env: [{ name: "NATS_URL", value: "x" }] }] },
    };
    assert.deepEqual(problemsOf(template), []);
  });
});

describe("natsWiring, Outputs", () => {
  it("keeps what is not known yet, as the very same Output", () => {
    const image = pulumi.output("app:1");
    const value = pulumi.secret("x");
    const annotations = pulumi.output({ a: "1" });
    const template = frozenButOutputs(pod({ image, env: [{ name: "KEY", value }] }, {}, { annotations }));
    const wired = wire(template);
    const [container] = wired.spec.containers as unknown as { image: unknown; env: { value: unknown }[] }[];
    assert.equal(container?.image, image);
    assert.equal(container?.env[0]?.value, value);
    assert.equal((wired.metadata as { annotations?: unknown }).annotations, annotations);
    assert.equal(container?.env.length, 3);
  });

  it("refuses a template whose lists or names are not known yet, with what to do", () => {
    const unknown = pulumi.output<never[]>([]);
    for (const template of [
      { spec: pulumi.output({}) },
      { spec: { containers: unknown } },
      { spec: { containers: [{ name: pulumi.output("app") }] } },
      pod({ env: unknown }),
      pod({ env: [{ name: pulumi.output("A") }] }),
      pod({ volumeMounts: unknown }),
      pod({ volumeMounts: [{ name: "v", mountPath: pulumi.output("/v") }] }),
      pod({}, { volumes: unknown }),
      pod({}, { initContainers: unknown }),
      { ...pod({}), metadata: pulumi.output({}) },
      pod({}, {}, { labels: pulumi.output({}) }),
      pod({}, { volumes: Promise.resolve([]) }),
    ]) {
      assert.throws(() => wire(template), /not known yet: wire it where they are, such as in `apply`/);
    }
  });

  /** Outputs cannot be frozen: they keep track of themselves. */
  function frozenButOutputs<T>(template: T): T {
    const freeze = (value: unknown): void => {
      if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return;
      Object.freeze(value);
      Object.values(value).forEach(freeze);
    };
    freeze(template);
    return template;
  }
});
