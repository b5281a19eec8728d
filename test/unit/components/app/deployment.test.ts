import assert from "node:assert/strict";
import { AppDeployment } from "../../../../components/app/deployment";
import type { NatsArgs } from "../../../../components/app/nats-args";
import { containerOf, contains, containsNone, only, registeredBy, type Template, types } from "./support";

const labels = { app: "release-name" };

/** A Deployment with something of its own in every list that wiring adds to. */
const deployment = {
  metadata: { name: "release-name", namespace: "shop" },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "RELEASE-NAME",
            image: "shop:1",
            env: [{ name: "LOG", value: "info" }],
            volumeMounts: [{ name: "data", mountPath: "/data" }],
          },
        ],
        volumes: [{ name: "data", emptyDir: {} }],
      },
    },
  },
};

const deployed = (nats?: NatsArgs) => registeredBy(() => new AppDeployment("release-name", { ...deployment, nats }));

async function template(nats?: NatsArgs): Promise<Template> {
  return only<{ spec: { template: Template } }>(await deployed(nats), types.deployment).spec.template;
}

async function ciliumEgress(nats: NatsArgs): Promise<object[]> {
  const registered = await deployed({ ...nats, networkPolicy: "cilium" });
  return only<{ spec: { egress: object[] } }>(registered, types.cilium).spec.egress;
}

/** Each case of the chart this replaces, under its name there. */
describe("AppDeployment", () => {
  it("should not enable NATS by default", async () => {
    for (const nats of [undefined, {}, { enabled: false }]) {
      const { env } = containerOf(await template(nats), "RELEASE-NAME");
      containsNone(env, { name: "NATS_URL" });
      containsNone(env, { name: "NATS_TOKEN_FILE" });
    }
  });

  it("should not add NATS volume when disabled", async () => {
    containsNone((await template()).spec.volumes, { name: "nats-token" });
  });

  it("should add NATS projected service account token volume when enabled", async () => {
    contains((await template({ enabled: true })).spec.volumes, {
      name: "nats-token",
      projected: { sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } }] },
    });
  });

  it("should add NATS volume mount when enabled", async () => {
    contains(containerOf(await template({ enabled: true }), "RELEASE-NAME").volumeMounts, {
      mountPath: "/var/run/secrets/nats",
      name: "nats-token",
      readOnly: true,
    });
  });

  it("should use custom token expiration when configured", async () => {
    contains((await template({ enabled: true, tokenExpirationSeconds: 7200 })).spec.volumes, {
      name: "nats-token",
      projected: { sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 7200, path: "token" } }] },
    });
  });

  it("should add NATS_URL environment variable when enabled", async () => {
    contains(containerOf(await template({ enabled: true }), "RELEASE-NAME").env, {
      name: "NATS_URL",
      value: "nats://nats.messaging.svc.cluster.local:4222",
    });
  });

  it("should add NATS_TOKEN_FILE environment variable when enabled", async () => {
    contains(containerOf(await template({ enabled: true }), "RELEASE-NAME").env, {
      name: "NATS_TOKEN_FILE",
      value: "/var/run/secrets/nats/token",
    });
  });

  it("should use custom NATS service address when configured", async () => {
    const nats = { enabled: true, serviceAddress: "nats.custom.svc.cluster.local", port: 4223 };
    contains(containerOf(await template(nats), "RELEASE-NAME").env, {
      name: "NATS_URL",
      value: "nats://nats.custom.svc.cluster.local:4223",
    });
  });

  it("should use custom token path when configured", async () => {
    const nats = { enabled: true, tokenPath: "/custom/path/nats" };
    contains(containerOf(await template(nats), "RELEASE-NAME").env, {
      name: "NATS_TOKEN_FILE",
      value: "/custom/path/nats/token",
    });
  });

  it("should add NATS egress rule to CiliumNetworkPolicy when enabled", async () => {
    contains(await ciliumEgress({ enabled: true }), {
      toFQDNs: [{ matchName: "nats.messaging.svc.cluster.local" }],
      toPorts: [{ ports: [{ port: "4222", protocol: "TCP" }] }],
    });
  });

  it("should use custom NATS service address in egress rule", async () => {
    const nats = { enabled: true, serviceAddress: "nats.custom.svc.cluster.local", port: 4223 };
    contains(await ciliumEgress(nats), {
      toFQDNs: [{ matchName: "nats.custom.svc.cluster.local" }],
      toPorts: [{ ports: [{ port: "4223", protocol: "TCP" }] }],
    });
  });

  it("should not add NATS egress rule when disabled", async () => {
    const registered = await deployed({ enabled: false, networkPolicy: "cilium" });
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["nats-platform:app:AppDeployment", types.deployment],
    );
  });
});

describe("AppDeployment, beside the chart's cases", () => {
  it("is the Deployment it was given while it is off", async () => {
    assert.deepEqual(only(await deployed(), types.deployment), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      ...deployment,
    });
  });

  it("keeps what is there before what it adds, and labels the pods", async () => {
    const { metadata, spec } = await template({ enabled: true });
    assert.deepEqual(metadata, { labels: { app: "release-name", "nats-platform/client": "true" } });
    assert.deepEqual(spec, {
      containers: [
        {
          name: "RELEASE-NAME",
          image: "shop:1",
          env: [
            { name: "LOG", value: "info" },
            { name: "NATS_URL", value: "nats://nats.messaging.svc.cluster.local:4222" },
            { name: "NATS_TOKEN_FILE", value: "/var/run/secrets/nats/token" },
          ],
          volumeMounts: [
            { name: "data", mountPath: "/data" },
            { mountPath: "/var/run/secrets/nats", name: "nats-token", readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: "data", emptyDir: {} },
        {
          name: "nats-token",
          projected: {
            sources: [{ serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } }],
          },
        },
      ],
    });
  });

  it("has one policy, of the kind that was chosen, for the pods it selects", async () => {
    const policies = async (networkPolicy?: NatsArgs["networkPolicy"]) =>
      (await deployed({ enabled: true, networkPolicy })).filter(({ type }) => /NetworkPolicy$/.test(type));
    const metadata = {
      name: "release-name-nats",
      namespace: "shop",
      labels: { "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "nats-platform" },
    };
    const [standard, ...more] = await policies();
    assert.equal(standard?.type, types.networkPolicy);
    assert.deepEqual(standard?.inputs.metadata, metadata);
    assert.deepEqual((standard?.inputs.spec as { podSelector: object }).podSelector, { matchLabels: labels });
    assert.deepEqual(more, []);
    const [cilium, ...others] = await policies("cilium");
    assert.equal(cilium?.type, types.cilium);
    assert.deepEqual(cilium?.inputs.metadata, metadata);
    assert.deepEqual((cilium?.inputs.spec as { endpointSelector: object }).endpointSelector, { matchLabels: labels });
    assert.deepEqual(others, []);
    assert.deepEqual(await policies("none"), []);
  });
});
