import { existsSync } from "node:fs";
import { CoreV1Api, KubeConfig, setHeaderOptions, VersionApi } from "@kubernetes/client-node";
import { serverLabels } from "../components/labels";
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

/** Option of a list: its objects come without anything but their metadata. For what is large, or none of our business. */
export const metadataOnly = setHeaderOptions(
  "Accept",
  "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
);

/** The platform's server pods, by name. */
export async function serverPods(target: Pick<Target, "kubeconfig" | "context">, namespace: string) {
  const labelSelector = Object.entries(serverLabels)
    .map((pair) => pair.join("="))
    .join(",");
  const { items } = await kubeConfig(target).makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector });
  return items.sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
}
