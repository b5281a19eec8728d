import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { bucketFiles } from "../../../../components/platform/bucket-files";
import { restrictedContainer, restrictedNamespaceLabels, restrictedPod } from "../../../../components/pod-security";
import type { PackConfig, Resource } from "./pack";

const recordings = join(__dirname, "../../../../local/plugins/kubernetes/recordings/nats-2.14.2");
const labels = { "app.kubernetes.io/part-of": "nats-platform" };

/** All rules hold, those of production, too. */
export const production: PackConfig = Object.fromEntries(
  [
    "platform-replicas",
    "platform-spread",
    "platform-disruption-budget",
    "platform-storage",
    "platform-tls",
    "images-pinned",
    "data-protected",
  ].map((policy) => [policy, { production: true }]),
);

/**
 * A platform as it should be in production: what the chart makes of it, its namespace, buckets and an account. Each resource is called
 * `<kind>/<name>`.
 */
export function platform(): Resource[] {
  return [namespace(), ...chartObjects("prod").map(forProduction), account(), buckets(), bucketsJob()];
}

/** What the official chart makes of a configuration, as recorded. */
export function chartObjects(recording: string, namespace = "nats"): Resource[] {
  const text = readFileSync(join(recordings, `${recording}.yaml`), "utf8");
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((object) => object?.kind)
    .map((object) => asResource({ ...object, metadata: { ...object.metadata, namespace } }));
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

function asResource(props: Manifest, protect = false): Resource {
  const group = props.apiVersion.includes("/") ? props.apiVersion : `core/${props.apiVersion}`;
  return { type: `kubernetes:${group}:${props.kind}`, name: `${props.kind}/${props.metadata.name}`, props, protect };
}

/** A workload with the chart's labels that is no server. */
export function natsBox(): Resource[] {
  return chartObjects("core")
    .filter(({ name }) => name === "Deployment/nats-box")
    .map(forProduction);
}

/** In production, whatever the recorded configuration is of; with a class of volumes that the cases know. */
function forProduction(resource: Resource): Resource {
  // biome-ignore lint/suspicious/noExplicitAny: the chart's object
  const props = structuredClone(resource.props) as any;
  for (const container of props.spec?.template?.spec.containers ?? []) container.image = pinned(container.image);
  for (const claim of props.spec?.volumeClaimTemplates ?? []) claim.spec.storageClassName = "fast";
  return { ...resource, props, protect: props.kind === "StatefulSet" };
}

/** An image with a digest: what it has, or else one of nothing. */
export function pinned(image: string): string {
  if (image.includes("@")) return image;
  return `${image}@sha256:${createHash("sha256").update(image).digest("hex")}`;
}

function namespace(): Resource {
  const metadata = { name: "nats", labels: { ...labels, ...restrictedNamespaceLabels } };
  return asResource({ apiVersion: "v1", kind: "Namespace", metadata }, true);
}

function account(): Resource {
  const metadata = {
    name: "nats-account-platform",
    namespace: "nats-accounts",
    labels: { ...labels, "nats-platform/account": "PLATFORM" },
  };
  return asResource({ apiVersion: "v1", kind: "Secret", metadata }, true);
}

function buckets(): Resource {
  const bucket = { name: "message_state", ttlSeconds: 900, maxBytes: 2 ** 30, replicas: 3, history: 1 };
  const metadata = { name: "buckets", namespace: "nats", labels };
  return asResource({ apiVersion: "v1", kind: "ConfigMap", metadata, data: bucketFiles([bucket]) });
}

function bucketsJob(): Resource {
  const container = {
    name: "apply",
    image: pinned("natsio/nats-box:0.19.7"),
    command: ["sh", "/buckets/apply.sh"],
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "500m", memory: "128Mi" } },
    securityContext: restrictedContainer,
    volumeMounts: [{ name: "buckets", mountPath: "/buckets", readOnly: true }],
  };
  const spec = {
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    securityContext: restrictedPod,
    containers: [container],
    volumes: [{ name: "buckets", configMap: { name: "buckets" } }],
  };
  const metadata = { name: "buckets", namespace: "nats", labels };
  return asResource({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata,
    spec: { template: { metadata: { labels }, spec } },
  });
}
