import { object, type ReferenceManifest } from "./manifest";

/**
 * Templates for a tenant's NATS server: Namespace, Deployment of one, Service and NetworkPolicy. Their authors want the tenant's own pods to reach it
 * at 4222 and the monitoring namespace at 8222, everything out, and pods of other tenants nowhere. Of the namespace's other pods, of the
 * server's rights on its node and of its image they say nothing.
 */

const tenant = "demo-tenant";
const namespace = "vrsky-tenants";
const name = `nats-${tenant}-1`;
const labels = { app: "nats", "tenant-id": tenant, "instance-num": "1" };
const own = { podSelector: { matchLabels: { "tenant-id": tenant } } };
const monitoring = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "vrsky-monitoring" } } };
const kubeSystem = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } } };

const server = {
  name: "nats",
  image: "nats:2.14.2-alpine",
  args: ["-m", "8222"],
  ports: [{ containerPort: 4222 }, { containerPort: 8222 }],
  resources: { requests: { cpu: "1", memory: "2Gi" }, limits: { cpu: "2", memory: "4Gi" } },
  livenessProbe: { httpGet: { path: "/healthz", port: 8222 } },
};

const deployment = object(
  "apps/v1",
  "Deployment",
  { name, namespace, labels },
  {
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [server] } },
    },
  },
);

const service = object(
  "v1",
  "Service",
  { name, namespace, labels },
  {
    spec: {
      selector: labels,
      ports: [
        { name: "client", port: 4222 },
        { name: "monitor", port: 8222 },
      ],
    },
  },
);

const policy = (from: object = own) =>
  object(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    { name: `tenant-nats-isolation-${tenant}`, namespace },
    {
      spec: {
        podSelector: { matchLabels: { app: "nats", "tenant-id": tenant } },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          { from: [from], ports: [{ protocol: "TCP", port: 4222 }] },
          { from: [monitoring], ports: [{ protocol: "TCP", port: 8222 }] },
        ],
        egress: [{ to: [kubeSystem], ports: [{ protocol: "UDP", port: 53 }] }, { to: [{}] }],
      },
    },
  );

const tenants = object("v1", "Namespace", { name: namespace });

/** A pod to try a connection from, as `kubectl run` makes it. */
const tryOut = (image: string) =>
  object(
    "v1",
    "Pod",
    { name: "test-allowed", namespace, labels: { "tenant-id": tenant } },
    { spec: { restartPolicy: "Never", containers: [{ name: "test", image, args: ["nats", "server", "info", name] }] } },
  );

const restricted = { "pod-security": /securityContext\.\S+ is missing; must/ };

export const manifests: readonly ReferenceManifest[] = [
  { what: "a tenant's server, its Service and policy", resources: [deployment, service, policy()], says: restricted },
  {
    what: "their namespace, which denies nothing by itself",
    resources: [tenants],
    says: {
      "tenant-default-deny":
        /metadata\.name is "vrsky-tenants"; holds tenants, and no NetworkPolicy .* denies all in it/,
      "pod-security": /pod-security\.kubernetes\.io\/enforce"\] is missing; must be restricted/,
    },
  },
  {
    what: "a server before its policy",
    resources: [deployment, service],
    says: { ...restricted, "tenant-network-policy": /no NetworkPolicy of this stack selects these pods/ },
  },
  {
    what: "a policy that lets another tenant's pods in",
    resources: [deployment, service, policy({ podSelector: { matchLabels: { "tenant-id": "other-tenant" } } })],
    says: { ...restricted, "tenant-ingress": /ingress\[0\]\.from\[0\] is .*other-tenant/ },
  },
  {
    what: "a pod to try a connection from, of whatever version is the latest",
    resources: [tryOut("natsio/nats-box")],
    says: { "images-pinned": /image is "natsio\/nats-box"; must have a tag/ },
  },
  { what: "such a pod of a version", resources: [tryOut("natsio/nats-box:0.19.7")], says: {} },
];
