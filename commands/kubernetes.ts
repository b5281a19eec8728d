import { existsSync } from "node:fs";
import {
  type ConfigurationOptions,
  CoreV1Api,
  KubeConfig,
  type KubernetesObject,
  setHeaderOptions,
  type V1ObjectMeta,
  type V1Pod,
  VersionApi,
} from "@kubernetes/client-node";
import { labelSelector, serverLabels } from "../components/labels";
import type { Target } from "./target";

/** Kubernetes client configuration of the target, its context selected. */
export function kubeConfig(target: Pick<Target, "kubeconfig" | "context">): KubeConfig {
  if (!existsSync(target.kubeconfig)) {
    throw new Error(`there is no cluster yet: ${target.kubeconfig} does not exist. Run make up first.`);
  }
  const config = new KubeConfig();
  config.loadFromFile(target.kubeconfig);
  config.setCurrentContext(target.context);
  return config;
}

/** Whether the target's API server answers within three seconds. */
export async function reachable(target: Pick<Target, "kubeconfig" | "context">): Promise<boolean> {
  if (!existsSync(target.kubeconfig)) return false;
  const answer = kubeConfig(target).makeApiClient(VersionApi).getCode();
  const timeout = new Promise<undefined>((resolve) => setTimeout(resolve, 3_000, undefined).unref());
  return Promise.race([answer.then(Boolean), timeout.then(() => false)]).catch(() => false);
}

const metadataOnly = setHeaderOptions(
  "Accept",
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
);

/**
 * Metadata of the objects a list finds; nothing else of them is asked for. For what is large, or none of our business.
 * @param list makes the request with the options it is given
 */
export async function listMetadata(
  list: (options: ConfigurationOptions) => Promise<{ readonly items: readonly KubernetesObject[] | null }>,
): Promise<V1ObjectMeta[]> {
  const { items } = await list(metadataOnly);
  // The API server writes an empty list of metadata as null.
  return (items ?? []).flatMap(({ metadata }) => metadata ?? []);
}

/** The platform's server pods, by name. */
export async function serverPods(target: Pick<Target, "kubeconfig" | "context">, namespace: string): Promise<V1Pod[]> {
  return serverPodsOf(kubeConfig(target), namespace);
}

/** As {@link serverPods}, of a cluster that is known already. */
export async function serverPodsOf(config: KubeConfig, namespace: string): Promise<V1Pod[]> {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: labelSelector(serverLabels) });
  return items.sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
}

/** Whether a pod serves: ready, and not on its way out. */
export function isReady(pod: V1Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  return ready === true && pod.metadata?.deletionTimestamp === undefined;
}
