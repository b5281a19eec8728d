import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images";
import { instanceAppLabel, instanceLabels, tenantIdLabel, tenantLabels } from "../labels";
import { ports } from "../platform/ports";
import type { ContainerResources } from "../platform/server-values";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { scrapeAnnotations } from "../scrape-annotations";
import { goMemoryLimit } from "../units";
import { configName, serviceAccountName } from "./names";
import { folders, lameDuckSeconds, pidFile } from "./nats-config";

/** What the Deployment of an instance depends on. */
export interface DeploymentArgs {
  /** Id of the tenant. */
  readonly tenant: string;
  /** Number of the instance, from 1. */
  readonly instance: number;
  readonly resources: ContainerResources;
  /** Run the Prometheus exporter (7777) beside the server. */
  readonly metrics: boolean;
  readonly images: Pick<Images, "server" | "exporter">;
  /** Labels of nodes to run on. Empty for any. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Digest of what a running server cannot take (see nats-config.ts): a new one restarts the instance. */
  readonly restartDigest: pulumi.Input<string>;
}

/** What the exporter takes on top of an instance's resources. */
export const exporterResources: ContainerResources = {
  requests: { cpu: "10m", memory: "32Mi" },
  limits: { cpu: "200m", memory: "128Mi" },
};

/** Seconds until Kubernetes kills what has not left: lame duck mode, and time for the rest. */
const terminationSeconds = lameDuckSeconds + 15;

/**
 * Spec of an instance's Deployment: one server, alone.
 *
 * Strategy Recreate: the subject space of core NATS is one server's memory. A rolling update would for a while have two behind the instance's
 * Service, and what is published to one would not reach who subscribed at the other, without an error anywhere. With Recreate clients
 * reconnect, to other instances or for some seconds to none, and know it.
 */
export function deploymentSpec(args: DeploymentArgs): k8s.types.input.apps.v1.DeploymentSpec {
  const labels = instanceLabels(args.tenant, args.instance);
  return {
    replicas: 1,
    strategy: { type: "Recreate" },
    revisionHistoryLimit: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: {
        labels: { ...tenantLabels(args.tenant), ...labels },
        annotations: {
          // Not the server's own monitoring port: it speaks JSON, which Prometheus does not read.
          ...(args.metrics ? scrapeAnnotations(ports.metrics) : {}),
          "nats-platform/config-checksum": args.restartDigest,
        },
      },
      spec: {
        serviceAccountName: serviceAccountName(args.tenant),
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: terminationSeconds,
        securityContext: restrictedPod,
        nodeSelector: args.nodeSelector,
        topologySpreadConstraints: [spread(args.tenant)],
        containers: [server(args), ...(args.metrics ? [exporter(args)] : [])],
        volumes: [
          { name: "config", secret: { secretName: configName(args.tenant) } },
          { name: "pid", emptyDir: {} },
          { name: "resolver", emptyDir: { sizeLimit: "16Mi" } },
        ],
      },
    },
  };
}

/** One node's end should not be all instances'; on a cluster with fewer nodes they still run. */
function spread(tenant: string) {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { ...instanceAppLabel, [tenantIdLabel]: tenant } },
  };
}

function server({ resources, images }: DeploymentArgs): k8s.types.input.core.v1.Container {
  const healthy = { httpGet: { path: "/healthz", port: "monitor" }, timeoutSeconds: 5 };
  return {
    name: "nats",
    image: images.server,
    args: ["--config", `${folders.config}/nats.conf`],
    env: [
      { name: "SERVER_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "GOMEMLIMIT", value: goMemoryLimit(resources.limits.memory) },
    ],
    ports: [
      { name: "nats", containerPort: ports.client },
      { name: "monitor", containerPort: ports.monitoring },
    ],
    resources,
    securityContext: restrictedContainer,
    startupProbe: { ...healthy, periodSeconds: 1, failureThreshold: 60 },
    readinessProbe: { ...healthy, periodSeconds: 5 },
    livenessProbe: { ...healthy, periodSeconds: 30 },
    // Returns at once. The server then ignores Kubernetes' SIGTERM, and ends when its clients are gone.
    lifecycle: { preStop: { exec: { command: ["nats-server", `-sl=ldm=${pidFile}`] } } },
    volumeMounts: [
      { name: "config", mountPath: folders.config, readOnly: true },
      { name: "pid", mountPath: folders.pid },
      { name: "resolver", mountPath: folders.resolver },
    ],
  };
}

function exporter({ images }: DeploymentArgs): k8s.types.input.core.v1.Container {
  return {
    name: "metrics",
    image: images.exporter,
    args: [
      `-port=${ports.metrics}`,
      "-connz",
      "-subz",
      "-varz",
      "-prefix=nats",
      "-use_internal_server_id",
      `http://localhost:${ports.monitoring}/`,
    ],
    ports: [{ name: "metrics", containerPort: ports.metrics }],
    resources: exporterResources,
    securityContext: restrictedContainer,
  };
}
