import assert from "node:assert/strict";
import { once } from "node:events";
import * as pulumi from "@pulumi/pulumi";
import { AppEgress } from "../../../../components/app/app-egress";
import { AppDeployment } from "../../../../components/app/deployment";
import { AppJob } from "../../../../components/app/job";
import type { NatsArgs } from "../../../../components/app/nats-args";
import { AppStatefulSet } from "../../../../components/app/stateful-set";
import { recordResources, settled } from "../../support/mocks";
import { only, registeredBy, type Template, types } from "./support";

const labels = { app: "web" };
const nats: NatsArgs = { enabled: true };
const template = { metadata: { labels }, spec: { containers: [{ name: "app", image: "web:1" }] } };
const spec = { selector: { matchLabels: labels }, template };
const names = ({ spec: pod }: Template) => pod.containers[0]?.env?.map((one) => (one as { name: string }).name);

interface Wired {
  readonly spec: { readonly template: Template; readonly podSelector: object };
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

describe("AppStatefulSet", () => {
  it("wires its pods, and lets those out that it selects", async () => {
    const args = { metadata: { name: "db" }, spec: { ...spec, serviceName: "db" }, nats };
    const registered = await registeredBy(() => new AppStatefulSet("db", args));
    assert.deepEqual(
      registered.map(({ type, name }) => `${type} ${name}`),
      [
        "nats-platform:app:AppStatefulSet db",
        "nats-platform:app:AppEgress db-nats",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy db-nats",
        "kubernetes:apps/v1:StatefulSet db",
      ],
    );
    const made = only<Wired>(registered, "kubernetes:apps/v1:StatefulSet");
    assert.deepEqual(names(made.spec.template), ["NATS_URL", "NATS_TOKEN_FILE"]);
    assert.deepEqual(only<Wired>(registered, types.networkPolicy).spec.podSelector, { matchLabels: labels });
  });
});

describe("AppJob", () => {
  it("wires its pods, and lets those out that have its template's labels", async () => {
    const args = { metadata: { name: "once", namespace: "shop" }, spec: { template }, nats };
    const registered = await registeredBy(() => new AppJob("once", args));
    assert.deepEqual(names(only<Wired>(registered, "kubernetes:batch/v1:Job").spec.template), [
      "NATS_URL",
      "NATS_TOKEN_FILE",
    ]);
    const policy = only<Wired>(registered, types.networkPolicy);
    assert.deepEqual(policy.spec.podSelector, { matchLabels: labels });
    assert.equal(policy.metadata.name, "once-nats");
    assert.equal(policy.metadata.namespace, "shop");
  });
});

describe("app components", () => {
  it("let Pulumi make up the policy's name where it makes up the workload's", async () => {
    const registered = await registeredBy(() => new AppDeployment("web", { spec, nats }));
    assert.equal(only<Wired>(registered, types.networkPolicy).metadata.name, undefined);
    assert.equal(only<Wired>(registered, types.networkPolicy).metadata.namespace, undefined);
  });

  it("register nothing when something is wrong", async () => {
    const withVolume = { ...template, spec: { ...template.spec, volumes: [{ name: "nats-token" }] } };
    const wrong: [NatsArgs, typeof template, RegExp][] = [
      [{ ...nats, port: 0 }, template, /^WiringError: nats: port = 0/],
      [{ ...nats, serviceAddress: "nats.example.com" }, template, /^WiringError: nats: serviceAddress = "nats\.ex/],
      [{ ...nats, containers: ["web"] }, template, /^WiringError: Deployment "web": there is no container "web"/],
      [nats, withVolume, /^WiringError: Deployment "web": volume/],
    ];
    for (const [args, pods, message] of wrong) {
      const registered = recordResources();
      const deploy = () => new AppDeployment("web", { spec: { ...spec, template: pods }, nats: args });
      assert.throws(deploy, message);
      await settled();
      assert.deepEqual(registered, []);
    }
    const registered = recordResources();
    const elsewhere = { selector: { matchLabels: labels }, nats: { ...nats, serviceAddress: "nats.example.com" } };
    assert.throws(() => new AppEgress("web", elsewhere), /networkPolicy "kubernetes"/);
    assert.throws(() => new AppEgress("web", { selector: {}, nats }), /^WiringError: AppEgress "web": its selector/);
    await settled();
    assert.deepEqual(registered, []);
  });

  it("refuse a Deployment whose selector is empty", () => {
    const deploy = () => new AppDeployment("web", { spec: { selector: {}, template }, nats });
    assert.throws(deploy, /^WiringError: Deployment "web": its selector has no label/);
  });

  it("make no policy of a selector that turns out to be empty", async () => {
    const registered = recordResources();
    const selector = { matchLabels: pulumi.output({}) };
    const failed = once(process, "unhandledRejection");
    new AppEgress("web", { selector, nats });
    const [error] = await failed;
    assert.match(String(error), /AppEgress "web": its selector has no label/);
    assert.deepEqual(
      registered.map(({ type }) => type),
      ["nats-platform:app:AppEgress"],
    );
  });

  it("keep secrets secret", async () => {
    const env = [{ name: "PASSWORD", value: pulumi.secret("x") }];
    const pods = { ...template, spec: { containers: [{ name: "app", env }] } };
    const registered = await registeredBy(() => new AppDeployment("web", { spec: { ...spec, template: pods }, nats }));
    // Mocks are handed the whole field that a secret is in as a secret.
    const { spec: made } = only<{ spec: { value?: Wired["spec"] } }>(registered, types.deployment);
    assert.deepEqual(made.value && names(made.value.template), ["PASSWORD", "NATS_URL", "NATS_TOKEN_FILE"]);
  });

  for (const [what, later] of Object.entries({
    spec: { spec: pulumi.output(spec) },
    template: { spec: { ...spec, template: pulumi.output(template) } },
    containers: {
      spec: { ...spec, template: { ...template, spec: { containers: pulumi.output(template.spec.containers) } } },
    },
    selector: { spec: { ...spec, selector: pulumi.output(spec.selector) } },
    metadata: { spec, metadata: pulumi.output({ name: "web" }) },
    name: { spec, metadata: { name: pulumi.output("web") } },
  })) {
    it(`wire a workload whose ${what} is an Output as one that is known`, async () => {
      const plain = { spec, metadata: { name: "web" }, nats };
      const of = (args: object) => registeredBy(() => new AppDeployment("web", { ...plain, ...args }));
      const [expected, found] = [await of({}), await of(later)];
      for (const type of [types.deployment, types.networkPolicy]) {
        assert.deepEqual(only(found, type), only(expected, type));
      }
    });
  }
});
