import assert from "node:assert/strict";
import { chartValues } from "../../../../components/platform/chart-values";
import { platformArgs } from "../../../../stacks/platform-args";
import { parsePlatformConfig } from "../../../../stacks/platform-config";

const valuesOf = (config: Record<string, unknown> = {}) => chartValues(platformArgs(parsePlatformConfig(config)));

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
const pod = {
  runAsNonRoot: true,
  runAsUser: 1000,
  runAsGroup: 1000,
  fsGroup: 1000,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
};
const sidecar = {
  resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
  securityContext: restricted,
};

/** Every value of the default configuration. The cases below say how one setting changes them. */
const defaults = {
  config: {
    cluster: { enabled: true, replicas: 3, merge: { name: "nats-core" } },
    nats: {},
    jetstream: {
      enabled: true,
      fileStore: { enabled: true, pvc: { enabled: true, size: "10Gi" } },
      memoryStore: { enabled: true, maxSize: "256Mi" },
    },
    leafnodes: { enabled: true, port: 7422 },
    monitor: { enabled: true, port: 8222 },
    resolver: {
      enabled: true,
      pvc: { enabled: true, size: "1Gi" },
      merge: { type: "full", allow_delete: true, interval: "2m", limit: 10_000 },
    },
    merge: { $include: "../nats-auth/auth.conf" },
  },
  tlsCA: { enabled: false },
  container: {
    image: { fullImageName: "nats:2.14.2-alpine" },
    env: { GOMEMLIMIT: "921MiB" },
    merge: {
      resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { cpu: "2", memory: "1Gi" } },
      securityContext: restricted,
      startupProbe: { initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 450 },
      readinessProbe: { initialDelaySeconds: 1, periodSeconds: 5 },
    },
    patch: [
      { op: "add", path: "/volumeMounts/-", value: { name: "auth", mountPath: "/etc/nats-auth", readOnly: true } },
    ],
  },
  reloader: {
    enabled: true,
    image: { fullImageName: "natsio/nats-server-config-reloader:0.23.0" },
    merge: sidecar,
  },
  promExporter: {
    enabled: true,
    image: { fullImageName: "natsio/prometheus-nats-exporter:0.20.1" },
    port: 7777,
    merge: sidecar,
    podMonitor: { enabled: false },
  },
  podTemplate: {
    topologySpreadConstraints: {
      "kubernetes.io/hostname": { maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" },
      "topology.kubernetes.io/zone": { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
    },
    merge: { spec: { automountServiceAccountToken: false, securityContext: pod } },
    patch: [{ op: "add", path: "/spec/volumes/-", value: { name: "auth", secret: { secretName: "nats-auth" } } }],
  },
  podDisruptionBudget: { enabled: true },
  natsBox: { enabled: false },
};

/** The defaults with a few values replaced, each named by its path. */
function defaultsWith(delta: Record<string, unknown>): object {
  const values = structuredClone(defaults);
  for (const [path, value] of Object.entries(delta)) {
    const steps = path.split("/");
    const last = steps.pop() ?? "";
    const parent = steps.reduce<Record<string, unknown>>((node, step) => node[step] as Record<string, unknown>, values);
    parent[last] = value;
  }
  return values;
}

describe("chart values", () => {
  it("are these by default", () => assert.deepEqual(valuesOf(), defaults));

  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["five servers", { replicas: 5 }, { "config/cluster/replicas": 5 }],
    ["no JetStream", { jetstream: false, buckets: [] }, { "config/jetstream": { enabled: false } }],
    [
      "larger stores",
      { jetstreamStorageSize: "100Gi", jetstreamMemorySize: "512Mi", resolverStorageSize: "2Gi" },
      {
        "config/jetstream/fileStore/pvc/size": "100Gi",
        "config/jetstream/memoryStore/maxSize": "512Mi",
        "config/resolver/pvc/size": "2Gi",
      },
    ],
    [
      "a storage class",
      { storageClass: "fast" },
      { "config/jetstream/fileStore/pvc/storageClassName": "fast", "config/resolver/pvc/storageClassName": "fast" },
    ],
    ["no leaf nodes", { leafnodes: false }, { "config/leafnodes/enabled": false }],
    ["no metrics", { metrics: false }, { "promExporter/enabled": false }],
    ["a PodMonitor", { podMonitor: true }, { "promExporter/podMonitor/enabled": true }],
    [
      "other resources, and Go's memory limit with them",
      { resources: { requests: { cpu: "4", memory: "8Gi" }, limits: { cpu: "4", memory: "8Gi" } } },
      {
        "container/merge/resources": { requests: { cpu: "4", memory: "8Gi" }, limits: { cpu: "4", memory: "8Gi" } },
        "container/env/GOMEMLIMIT": "7372MiB",
      },
    ],
    [
      "images of another registry",
      { images: { server: "mirror/nats:2", reloader: "mirror/reloader:1", exporter: "mirror/exporter:1" } },
      {
        "container/image/fullImageName": "mirror/nats:2",
        "reloader/image/fullImageName": "mirror/reloader:1",
        "promExporter/image/fullImageName": "mirror/exporter:1",
      },
    ],
    [
      "TLS on every port",
      { tlsClientSecret: "client", tlsClusterSecret: "cluster", tlsLeafnodesSecret: "leaf", tlsCaSecret: "ca" },
      {
        "config/nats/tls": { enabled: true, secretName: "client" },
        "config/cluster/tls": { enabled: true, secretName: "cluster" },
        "config/leafnodes/tls": { enabled: true, secretName: "leaf" },
        tlsCA: { enabled: true, secretName: "ca" },
      },
    ],
  ];
  for (const [name, config, delta] of cases) {
    it(`change only there for ${name}`, () => assert.deepEqual(valuesOf(config), defaultsWith(delta)));
  }

  it("only prefer different nodes for a soft spread", () => {
    const constraints = valuesOf({ topologySpread: "soft" }).podTemplate.topologySpreadConstraints;
    assert.deepEqual(constraints["kubernetes.io/hostname"], { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" });
  });

  it("run nats-box as a restricted client with the observer's creds", () => {
    const { natsBox } = valuesOf({ natsBox: true });
    assert.deepEqual(natsBox, {
      enabled: true,
      contexts: {
        default: { creds: { secretName: "nats-observer-creds" }, merge: { inbox_prefix: "_INBOX_observer" } },
      },
      container: {
        image: { fullImageName: "natsio/nats-box:0.19.7" },
        env: { HOME: "/tmp", XDG_CONFIG_HOME: "/tmp/config" },
        merge: sidecar,
        patch: [{ op: "add", path: "/volumeMounts/-", value: { name: "tmp", mountPath: "/tmp" } }],
      },
      podTemplate: {
        merge: {
          metadata: { labels: { "nats-platform/client": "true" } },
          spec: { automountServiceAccountToken: false, securityContext: pod },
        },
        patch: [{ op: "add", path: "/spec/volumes/-", value: { name: "tmp", emptyDir: {} } }],
      },
    });
  });
});
