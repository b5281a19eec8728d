import assert from "node:assert/strict";
import type * as k8s from "@pulumi/kubernetes";
import { defaultImages } from "../../../../components/images";
import { type DeploymentArgs, deploymentSpec, exporterResources } from "../../../../components/tenant/deployment";
import { lameDuckSeconds } from "../../../../components/tenant/nats-config";

const args: DeploymentArgs = {
  tenant: "acme",
  instance: 2,
  resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "2", memory: "4Gi" } },
  metrics: true,
  images: defaultImages,
  nodeSelector: {},
  restartDigest: "digest",
};
/** Nothing in it is an Output here. */
type Plain = k8s.types.output.apps.v1.DeploymentSpec;
const specOf = (changes: Partial<DeploymentArgs> = {}) => deploymentSpec({ ...args, ...changes }) as unknown as Plain;

describe("Deployment of an instance", () => {
  const spec = specOf();
  const [server, exporter] = spec.template.spec.containers;

  it("is one server, never two at a time", () => {
    assert.equal(spec.replicas, 1);
    assert.deepEqual(spec.strategy, { type: "Recreate" });
  });

  it("is labelled as tenants' tools expect it, and selects by nothing else", () => {
    const labels = { app: "nats", "tenant-id": "acme", "instance-num": "2" };
    assert.deepEqual(spec.selector, { matchLabels: labels });
    assert.deepEqual(spec.template.metadata.labels, {
      ...labels,
      "nats-platform/tenant": "acme",
      "app.kubernetes.io/managed-by": "pulumi",
      "app.kubernetes.io/part-of": "nats-platform",
    });
  });

  it("runs the platform's server version with the resources asked for, within Go's memory limit", () => {
    assert.equal(server?.image, "nats:2.14.2-alpine");
    assert.deepEqual(server?.resources, args.resources);
    assert.deepEqual(
      server?.ports.map(({ name, containerPort }) => [name, containerPort]),
      [
        ["nats", 4222],
        ["monitor", 8222],
      ],
    );
    assert.deepEqual(server?.env, [
      { name: "SERVER_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "GOMEMLIMIT", value: "3686MiB" },
    ]);
  });

  it("is asked for its health on /healthz", () => {
    for (const probe of [server?.startupProbe, server?.readinessProbe, server?.livenessProbe]) {
      assert.deepEqual(probe?.httpGet, { path: "/healthz", port: "monitor" });
    }
  });

  it("leaves in lame duck mode, with time for it", () => {
    assert.deepEqual(server?.lifecycle?.preStop?.exec?.command, ["nats-server", "-sl=ldm=/var/run/nats/nats.pid"]);
    assert.ok((spec.template.spec.terminationGracePeriodSeconds ?? 0) > lameDuckSeconds);
  });

  it("satisfies PodSecurity restricted, without a Kubernetes token, writing to its own folders only", () => {
    const pod = spec.template.spec;
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(pod.serviceAccountName, "nats-acme");
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.deepEqual(pod.securityContext.seccompProfile, { type: "RuntimeDefault" });
    for (const { securityContext } of pod.containers) {
      assert.deepEqual(securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
    assert.deepEqual(pod.volumes, [
      { name: "config", secret: { secretName: "nats-acme-config" } },
      { name: "pid", emptyDir: {} },
      { name: "resolver", emptyDir: { sizeLimit: "16Mi" } },
    ]);
  });

  it("tells Prometheus where metrics are, and has none where the environment has none", () => {
    assert.deepEqual(spec.template.metadata.annotations, {
      "prometheus.io/scrape": "true",
      "prometheus.io/port": "7777",
      "prometheus.io/path": "/metrics",
      "nats-platform/config-checksum": "digest",
    });
    assert.equal(exporter?.image, "natsio/prometheus-nats-exporter:0.20.1");
    assert.deepEqual(exporter?.resources, exporterResources);
    const without = specOf({ metrics: false }).template;
    assert.equal(without.spec.containers.length, 1);
    assert.deepEqual(without.metadata.annotations, { "nats-platform/config-checksum": "digest" });
  });

  it("goes where it is told to, on another node than its like if there is one", () => {
    const { nodeSelector, topologySpreadConstraints } = specOf({ nodeSelector: { pool: "tenants" } }).template.spec;
    assert.deepEqual(nodeSelector, { pool: "tenants" });
    assert.deepEqual(topologySpreadConstraints, [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: "nats", "tenant-id": "acme" } },
      },
    ]);
  });
});
