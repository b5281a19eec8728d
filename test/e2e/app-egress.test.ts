import assert from "node:assert/strict";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { AppCronJob } from "../../components/app/cron-job";
import { AppDeployment } from "../../components/app/deployment";
import { ciliumEgress, kubernetesEgress } from "../../components/app/egress";
import { type NatsArgs, type NetworkPolicyKind, natsSettings } from "../../components/app/nats-args";
import { natsTransform } from "../../components/app/transform";
import { ApiError } from "../../local/plugins/kubernetes/client";
import type { ValueMap } from "../../local/plugins/rpc/values";
import { changes, failureOf, plannedChanges, Sandbox } from "./plugins-sandbox";

const selector = { matchLabels: { app: "web" } };

/** What decides how a policy looks. */
const variants: Readonly<Record<string, Omit<NatsArgs, "networkPolicy">>> = {
  "the default address": {},
  "the platform's servers": { serviceAddress: "nats.nats.svc.cluster.local" },
  "one server behind a headless Service": { serviceAddress: "nats-0.nats-headless.nats.svc.cluster.local" },
  "other pods on another port": {
    port: 14_222,
    backend: { podLabels: { "example.com/app": "broker" }, podPort: 4222 },
  },
};
const elsewhere = { "a server outside the cluster": { serviceAddress: "nats.example.com", port: 443 } };

const kinds = {
  cilium: { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy", plural: "ciliumnetworkpolicies" },
  kubernetes: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", plural: "networkpolicies" },
} as const;

/** A resource in the stack's state. */
interface StateResource {
  readonly urn: string;
  readonly dependencies?: readonly string[];
}

interface Live {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly spec: Record<string, unknown>;
}

describe("egress of apps, as the API server takes it", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await Sandbox.open();
  });
  after(() => sandbox?.close());

  /** Has the API server judge a policy, fields it does not know included; nothing is kept. @returns what it would have kept */
  async function judge(policy: keyof typeof kinds, spec: unknown): Promise<unknown> {
    const { plural, ...type } = kinds[policy];
    const body = { ...type, metadata: { name: "judged" }, spec };
    const query = { dryRun: "All", fieldValidation: "Strict" };
    const kept = await sandbox.client.request("POST", sandbox.path(type.apiVersion, plural), { body, query });
    return kept.spec;
  }

  for (const [what, args] of Object.entries({ ...variants, ...elsewhere })) {
    it(`takes a CiliumNetworkPolicy to ${what} as it is`, async () => {
      const spec = ciliumEgress(natsSettings({ ...args, enabled: true, networkPolicy: "cilium" }), selector);
      assert.deepEqual(await judge("cilium", spec), spec);
    });
  }
  for (const [what, args] of Object.entries(variants)) {
    it(`takes a NetworkPolicy to ${what} as it is`, async () => {
      const spec = kubernetesEgress(natsSettings({ ...args, enabled: true }), selector);
      assert.deepEqual(await judge("kubernetes", spec), spec);
    });
  }

  it("takes selectors with expressions", async () => {
    const byExpression = { matchExpressions: [{ key: "app", operator: "In", values: ["web", "shop"] }] };
    const settings = natsSettings({ enabled: true });
    for (const [policy, spec] of [
      ["cilium", ciliumEgress(settings, byExpression)],
      ["kubernetes", kubernetesEgress(settings, byExpression)],
    ] as const) {
      assert.deepEqual(await judge(policy, spec), spec);
    }
  });

  describe("which refuses a CiliumNetworkPolicy", () => {
    const good = ciliumEgress(natsSettings({ enabled: true }), selector);
    const [byName, ...others] = good.egress;
    const toPorts = (port: object) => ({ ...good, egress: [{ ...byName, toPorts: [{ ports: [port] }] }, ...others] });
    const wrong: Readonly<Record<string, unknown>> = {
      "with a port that is a number": toPorts({ port: 4222, protocol: "TCP" }),
      "with a port that is none": toPorts({ port: "-1", protocol: "TCP" }),
      "with a protocol in lower case": toPorts({ port: "4222", protocol: "tcp" }),
      "with a URL for a name": {
        ...good,
        egress: [{ ...byName, toFQDNs: [{ matchName: "nats://x:4222" }] }, ...others],
      },
      "with an empty entry in toFQDNs": { ...good, egress: [{ ...byName, toFQDNs: [{}] }, ...others] },
      "with a field that Cilium does not know": { ...good, egress: [{ ...byName, toFqdns: [] }, ...others] },
      "with a DNS rule that names nothing": {
        ...good,
        egress: [byName, { toPorts: [{ ports: [{ port: "53" }], rules: { dns: [{}] } }] }],
      },
      "that selects nobody": { egress: good.egress },
      "that selects by a label Kubernetes could not have": {
        ...good,
        endpointSelector: { matchLabels: { app: "a b" } },
      },
    };
    for (const [what, spec] of Object.entries(wrong)) {
      it(what, async () => {
        await assert.rejects(
          judge("cilium", spec),
          (error) => error instanceof ApiError && [400, 422].includes(error.code),
        );
      });
    }
  });

  describe("through Pulumi", () => {
    const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "web:1" }] } };
    const spec = { replicas: 0, selector: { matchLabels: { app: "web" } }, template };
    const schedule = { schedule: "0 4 * * *", suspend: true };

    const program = (networkPolicy: NetworkPolicyKind, enabled = true) => {
      const nats = { enabled, networkPolicy, serviceAddress: "nats.nats.svc.cluster.local" };
      const { namespace } = sandbox;
      return async () => {
        new AppDeployment("web", { metadata: { name: "web", namespace }, spec, nats });
        const report = { metadata: { labels: { app: "report" } }, spec: { ...template.spec, restartPolicy: "Never" } };
        new AppCronJob("report", {
          metadata: { namespace },
          spec: { ...schedule, jobTemplate: { spec: { template: pulumi.secret(report) } } },
          nats,
        });
        new k8s.apps.v1.Deployment(
          "theirs",
          { metadata: { name: "theirs", namespace }, spec },
          { transforms: [natsTransform(nats)] },
        );
      };
    };
    const list = async (policy: keyof typeof kinds): Promise<Live[]> => {
      const { apiVersion, plural } = kinds[policy];
      const found = await sandbox.get(sandbox.path(apiVersion, plural));
      return (found.items as unknown as Live[]).sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
    };
    const deployment = async (name: string) => {
      const live = (await sandbox.get(sandbox.path("apps/v1", "deployments", name))) as unknown as Live;
      return live.spec.template as { metadata: ValueMap; spec: { containers: ValueMap[]; volumes?: ValueMap[] } };
    };

    it("wires, changes nothing the second time, changes its kind of policy, and is unwired", async () => {
      const stack = await sandbox.stack(program("cilium"));
      assert.deepEqual(plannedChanges(await stack.preview()), { create: 10 });
      await stack.up();
      assert.deepEqual(changes(await stack.up()), {});
      assert.deepEqual(changes(await stack.refresh()), {});
      for (const name of ["web", "theirs"]) {
        const { metadata, spec: pods } = await deployment(name);
        assert.deepEqual(metadata.labels, { app: "web", "nats-platform/client": "true" });
        const [container] = pods.containers;
        assert.deepEqual(container?.env, [
          { name: "NATS_URL", value: "nats://nats.nats.svc.cluster.local:4222" },
          { name: "NATS_TOKEN_FILE", value: "/var/run/secrets/nats/token" },
        ]);
        assert.deepEqual(container?.volumeMounts, [
          { mountPath: "/var/run/secrets/nats", name: "nats-token", readOnly: true },
        ]);
        const token = { serviceAccountToken: { audience: "nats", expirationSeconds: 3600, path: "token" } };
        assert.deepEqual(pods.volumes, [{ name: "nats-token", projected: { defaultMode: 420, sources: [token] } }]);
      }
      // Without its policy a pod in a closed namespace would not get ready, and the policy would wait for it.
      const { resources } = (await stack.exportStack()).deployment as { resources: StateResource[] };
      const policyOf = (type: string) => resources.find(({ urn }) => urn.endsWith(`${type}::web-nats`))?.urn;
      const made = resources.find(({ urn }) => urn.endsWith("kubernetes:apps/v1:Deployment::web"));
      assert.ok(made?.dependencies?.includes(policyOf("kubernetes:cilium.io/v2:CiliumNetworkPolicy") ?? "none"));
      const [report, web, ...more] = await list("cilium");
      assert.match(report?.metadata.name ?? "", /^report-nats-[0-9a-f]{8}$/);
      assert.deepEqual(report?.spec.endpointSelector, { matchLabels: { app: "report" } });
      assert.equal(web?.metadata.name, "web-nats");
      const settings = natsSettings({ enabled: true, serviceAddress: "nats.nats.svc.cluster.local" });
      assert.deepEqual(web?.spec, ciliumEgress(settings, selector));
      assert.deepEqual(more, []);
      assert.deepEqual(await list("kubernetes"), []);

      await stack.up({ program: program("kubernetes") });
      assert.deepEqual(await list("cilium"), []);
      const standard = await list("kubernetes");
      assert.deepEqual(standard[1]?.spec, kubernetesEgress(settings, selector));
      assert.equal(standard.length, 2);

      await stack.up({ program: program("kubernetes", false) });
      assert.deepEqual(await list("kubernetes"), []);
      for (const name of ["web", "theirs"]) {
        const { metadata, spec: pods } = await deployment(name);
        assert.deepEqual(metadata.labels, { app: "web" });
        assert.equal(pods.volumes, undefined);
        assert.equal(pods.containers[0]?.env, undefined);
      }
      await stack.destroy();
    });

    it("says what is wrong with a workload that someone else's component makes, and makes nothing of it", async () => {
      const clashing = { ...template, spec: { ...template.spec, volumes: [{ name: "nats-token", emptyDir: {} }] } };
      const stack = await sandbox.stack(async () => {
        new k8s.apps.v1.Deployment(
          "clashing",
          { metadata: { name: "clashing", namespace: sandbox.namespace }, spec: { ...spec, template: clashing } },
          { transforms: [natsTransform({ enabled: true })] },
        );
      });
      assert.match(await failureOf(stack.up()), /Deployment "clashing": volume nats-token is in the template/);
      assert.ok(!(await sandbox.exists(sandbox.path("apps/v1", "deployments", "clashing"))));
      await stack.destroy();
    });
  });
});
