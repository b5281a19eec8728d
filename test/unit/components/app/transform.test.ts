import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type NatsTransformOptions, natsTransform } from "../../../../components/app/transform";
import { settled } from "../../support/mocks";

const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "web:1" }] } };
const opts = { protect: true };

async function transformed(type: string, props: pulumi.Inputs, options?: NatsTransformOptions, name = "web") {
  const transform = natsTransform({ enabled: true }, options);
  const result = await transform({ custom: true, type, name, props, opts });
  if (result) assert.equal(result.opts, opts);
  return result?.props;
}

const isWired = (pod: unknown) => JSON.stringify(pod).includes('"NATS_URL"');

describe("natsTransform", () => {
  for (const type of [
    "apps/v1:Deployment",
    "apps/v1:StatefulSet",
    "apps/v1:DaemonSet",
    "apps/v1:ReplicaSet",
    "batch/v1:Job",
  ]) {
    it(`wires the template of ${type} and keeps the rest`, async () => {
      const props = { metadata: { name: "web" }, spec: { replicas: 2, template } };
      const wired = await transformed(`kubernetes:${type}`, props);
      assert.deepEqual({ ...wired, spec: { ...wired?.spec, template } }, props);
      assert.ok(isWired(wired?.spec.template));
      assert.deepEqual(wired?.spec.template.metadata.labels, { app: "web", "nats-platform/client": "true" });
    });
  }

  it("wires the template of a CronJob's Jobs", async () => {
    const props = { spec: { schedule: "* * * * *", jobTemplate: { spec: { backoffLimit: 0, template } } } };
    const wired = await transformed("kubernetes:batch/v1:CronJob", props);
    assert.ok(isWired(wired?.spec.jobTemplate.spec.template));
    assert.deepEqual({ ...wired?.spec, jobTemplate: { spec: { backoffLimit: 0, template } } }, props.spec);
  });

  it("wires a Pod, which is its own template", async () => {
    const wired = await transformed("kubernetes:core/v1:Pod", { kind: "Pod", ...template });
    assert.equal(wired?.kind, "Pod");
    assert.ok(isWired(wired?.spec));
  });

  it("leaves what has no pods alone, and types it does not know", async () => {
    for (const type of [
      "kubernetes:core/v1:Service",
      "kubernetes:core/v1:ConfigMap",
      "kubernetes:apps/v1:DeploymentPatch",
      "kubernetes:extensions/v1beta1:Deployment",
      "kubernetes:argoproj.io/v1alpha1:Rollout",
      "nats-platform:app:AppDeployment",
    ]) {
      assert.equal(await transformed(type, { spec: { template } }), undefined, type);
    }
  });

  it("wires only those that are named, by object or by resource, or that a function chooses", async () => {
    const met = async (only: NatsTransformOptions["only"]) => {
      const props = { metadata: { name: "web", namespace: "shop" }, spec: { template } };
      return isWired((await transformed("kubernetes:apps/v1:Deployment", props, { only }, "chart:shop/web")) ?? {});
    };
    assert.deepEqual(await Promise.all([met(["web"]), met(["chart:shop/web"]), met(["other"]), met([])]), [
      true,
      true,
      false,
      false,
    ]);
    const seen: unknown[] = [];
    assert.equal(await met((workload) => seen.push(workload) > 5), false);
    assert.deepEqual(seen, [{ kind: "Deployment", resource: "chart:shop/web", name: "web", namespace: "shop" }]);
    assert.equal(await met(({ namespace }) => namespace === "shop"), true);
  });

  it("does nothing to a workload that is wired, and nothing while it is off", async () => {
    const props = { spec: { template } };
    const once = await transformed("kubernetes:apps/v1:Deployment", props);
    assert.deepEqual(await transformed("kubernetes:apps/v1:Deployment", once ?? {}), once);
    const off = await natsTransform({})({
      custom: true,
      type: "kubernetes:apps/v1:Deployment",
      name: "w",
      props,
      opts,
    });
    assert.deepEqual(off?.props, props);
  });

  it("names the resource that it cannot wire", async () => {
    const clashing = { spec: { template: { spec: { ...template.spec, volumes: [{ name: "nats-token" }] } } } };
    await assert.rejects(
      transformed("kubernetes:apps/v1:Deployment", clashing, {}, "chart:shop/web"),
      /^WiringError: Deployment "chart:shop\/web": volume nats-token/,
    );
  });

  it("refuses a wrong argument at once, and takes an address outside the cluster, for it makes no policy", () => {
    assert.throws(() => natsTransform({ enabled: true, port: 0 }), /WiringError: nats: port = 0/);
    natsTransform({ enabled: true, serviceAddress: "nats.example.com" });
  });

  it("waits for a template that is an Output, and keeps it secret", async () => {
    pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
    const props = { spec: { replicas: 2, template: pulumi.secret(template) } };
    const wired = await transformed("kubernetes:apps/v1:Deployment", props);
    const later = wired?.spec.template as pulumi.Output<unknown>;
    assert.equal(wired?.spec.replicas, 2);
    assert.ok(await pulumi.isSecret(later));
    const value = await new Promise((resolve) => later.apply(resolve));
    assert.ok(isWired(value));
    await settled();
  });
});
