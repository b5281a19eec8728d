import * as k8s from "@pulumi/kubernetes";
import { securityContext } from "./client";

/** A cluster of NATS servers that is as it should be, but for what a scenario changes. */

type Container = k8s.types.input.core.v1.Container;
type PodSpec = k8s.types.input.core.v1.PodSpec;
type StatefulSetSpec = k8s.types.input.apps.v1.StatefulSetSpec;
type ClaimSpec = k8s.types.input.core.v1.PersistentVolumeClaimSpec;

/** Labels of servers, which are the chart's. */
export const serverLabels = { "app.kubernetes.io/name": "nats", "app.kubernetes.io/component": "nats" };

/** Where they are. */
export const serverMetadata = { name: "nats", namespace: "nats", labels: serverLabels };

/** What a scenario changes. */
interface Changes {
  readonly spec?: Partial<StatefulSetSpec>;
  readonly pod?: Partial<PodSpec>;
  readonly container?: Partial<Container>;
  readonly claim?: Partial<ClaimSpec>;
}

/** The rule that keeps servers apart. */
export const spread = {
  topologyKey: "kubernetes.io/hostname",
  maxSkew: 1,
  whenUnsatisfiable: "DoNotSchedule",
  labelSelector: { matchLabels: serverLabels },
};

/** The StatefulSet. */
export function servers({ spec = {}, pod = {}, container = {}, claim = {} }: Changes): void {
  const server = {
    name: "nats",
    image: "nats:2.14.2-alpine",
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1Gi" } },
    securityContext,
    volumeMounts: [{ name: "nats-js", mountPath: "/data" }],
    ...container,
  };
  const volume = {
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "10Gi" } },
    ...claim,
  };
  const podSpec = {
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    topologySpreadConstraints: [spread],
    containers: [server],
    ...pod,
  };
  new k8s.apps.v1.StatefulSet("nats", {
    metadata: serverMetadata,
    spec: {
      serviceName: "nats-headless",
      replicas: 3,
      selector: { matchLabels: serverLabels },
      template: { metadata: { labels: serverLabels }, spec: podSpec },
      volumeClaimTemplates: [{ metadata: { name: "nats-js" }, spec: volume }],
      ...spec,
    },
  });
}

/** A configuration of theirs. */
export function serverConfig(text: string): void {
  new k8s.core.v1.ConfigMap("config", {
    metadata: { ...serverMetadata, name: "nats-config" },
    data: { "nats.conf": text },
  });
}
