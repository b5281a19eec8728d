import assert from "node:assert/strict";
import type { V1Deployment, V1Secret } from "@kubernetes/client-node";
import { kubernetesObjects, type StateResource } from "../../../../bench/tenants/objects";
import { plainServerObjects } from "../../../../bench/tenants/plain-servers";

const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

const resources: StateResource[] = [
  { type: "pulumi:pulumi:Stack" },
  { type: "pulumi:providers:kubernetes", inputs: { kubeconfig: "x" } },
  { type: "kubernetes:core/v1:ResourceQuota", external: true, inputs: {} },
  { type: "nats-platform:tenant:Tenant", inputs: {} },
  {
    type: "kubernetes:core/v1:Secret",
    inputs: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "nats-acme-config", namespace: "tenants" },
      data: { ...secretMark, plaintext: JSON.stringify({ "nats.conf": "c2VjcmV0" }) },
    },
  },
  {
    type: "kubernetes:core/v1:ServiceAccount",
    inputs: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nats-acme", namespace: "tenants" } },
  },
  {
    type: "kubernetes:apps/v1:Deployment",
    inputs: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "nats-acme-1",
        namespace: "tenants",
        annotations: { "pulumi.com/skipAwait": "true", kept: "yes" },
      },
      spec: { replicas: 1, template: { spec: { containers: [{ name: "nats", image: "nats:2" }] } } },
    },
  },
];

describe("bench/tenants/objects", () => {
  it("are what the stack has made in Kubernetes, with secrets as what they are, and nothing that only Pulumi reads", () => {
    const objects = kubernetesObjects(resources);
    assert.deepEqual(
      objects.map(({ kind, metadata }) => [kind, metadata?.name, metadata?.annotations]),
      [
        ["Secret", "nats-acme-config", {}],
        ["ServiceAccount", "nats-acme", {}],
        ["Deployment", "nats-acme-1", { kept: "yes" }],
      ],
    );
    assert.deepEqual((objects[0] as V1Secret).data, { "nats.conf": "c2VjcmV0" });
  });
});

describe("bench/tenants/plain-servers", () => {
  it("are the instance's servers in a namespace of their own, without operator, accounts and resolver", () => {
    const objects = plainServerObjects(kubernetesObjects(resources), { tenant: "acme", replicas: 3 });
    assert.deepEqual(
      objects.map(({ kind, metadata }) => [kind, metadata?.namespace]),
      [
        ["Secret", "nats-plain"],
        ["ServiceAccount", "nats-plain"],
        ["Deployment", "nats-plain"],
      ],
    );
    const [secret, , deployment] = objects as [V1Secret, unknown, V1Deployment];
    const config = Buffer.from(secret.data?.["nats.conf"] ?? "", "base64").toString();
    assert.match(config, /^port: 4222$/m);
    assert.doesNotMatch(config, /operator|resolver|account/);
    assert.equal(deployment.spec?.replicas, 3);
    assert.equal(deployment.spec?.template.spec?.containers[0]?.image, "nats:2");
  });

  it("cannot be made of a tenant without an instance", () => {
    const withoutInstance = kubernetesObjects(resources.slice(0, -1));
    assert.throws(() => plainServerObjects(withoutInstance, { tenant: "acme", replicas: 3 }), /there is no Deployment/);
  });
});
