import { join } from "node:path";
import {
  AppsV1Api,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
  type V1StatefulSet,
} from "@kubernetes/client-node";
import { apiErrorMessage } from "../commands/api-error";
import { kubeConfig } from "../commands/kubernetes";
import type { Target } from "../commands/target";
import { parseManifest } from "../local/plugins/kubernetes/chart/manifests";
import { findRecording, type Rendering } from "../local/plugins/kubernetes/chart/recordings";
import { recordingsDir } from "../local/plugins/kubernetes/record";
import type { ChartPeer } from "./chart-peer";
import { BenchNamespaces, ignoreMissing, poll } from "./namespaces";

/** Recordings of renderings that only the benchmark uses. */
export const benchRecordingsDir = join(__dirname, "recordings");

/** Server-side apply of what was recorded from the chart: the least that can be done to install it. */
export class ManifestPeer implements ChartPeer {
  readonly name = "server-side apply";
  readonly commands = {
    install: "kubectl apply --server-side, wait until ready",
    upgrade: "kubectl apply --server-side, wait until ready",
    preview: "kubectl apply --server-side --dry-run=server",
    uninstall: "kubectl delete, wait until the pods are gone",
  };

  constructor(
    private readonly target: Target,
    private readonly signal: AbortSignal,
  ) {}

  install(release: Rendering): Promise<number> {
    return this.timed(async () => {
      await this.apply(release);
      await this.ready(release);
    });
  }

  upgrade(release: Rendering): Promise<number> {
    return this.install(release);
  }

  preview(release: Rendering): Promise<number> {
    return this.timed(() => this.apply(release, "All"));
  }

  uninstall(release: Rendering): Promise<number> {
    return this.timed(async () => {
      const client = KubernetesObjectApi.makeApiClient(kubeConfig(this.target));
      await Promise.all(objects(release).map((object) => client.delete(object).catch(ignoreMissing)));
      await new BenchNamespaces(this.target).podsGone(release.namespace, this.signal);
    });
  }

  private async apply(release: Rendering, dryRun?: "All"): Promise<void> {
    const client = KubernetesObjectApi.makeApiClient(kubeConfig(this.target));
    const strategy = PatchStrategy.ServerSideApply;
    await Promise.all(
      objects(release).map((object) => client.patch(object, undefined, dryRun, "nats-platform-bench", true, strategy)),
    );
  }

  private async ready({ namespace }: Rendering): Promise<void> {
    const apps = kubeConfig(this.target).makeApiClient(AppsV1Api);
    await poll(`the servers of ${namespace} to be ready`, this.signal, async () =>
      (await apps.listNamespacedStatefulSet({ namespace })).items.every(isReady),
    );
  }

  private async timed(work: () => Promise<void>): Promise<number> {
    this.signal.throwIfAborted();
    const started = performance.now();
    try {
      await work();
    } catch (error) {
      throw new Error(apiErrorMessage(error), { cause: error });
    }
    return (performance.now() - started) / 1000;
  }
}

function isReady({ metadata, spec, status }: V1StatefulSet): boolean {
  return (
    status?.observedGeneration === metadata?.generation &&
    status?.updatedReplicas === spec?.replicas &&
    status?.readyReplicas === spec?.replicas
  );
}

function objects(release: Rendering): KubernetesObject[] {
  const recording = [recordingsDir, benchRecordingsDir].map((dir) => findRecording(dir, release)).find(Boolean);
  if (!recording) {
    throw new Error(
      `nothing was recorded from chart ${release.chart} ${release.version} for namespace ${release.namespace}. Record it, make chart-record CHART=/path/to/chart, or give CHART to make bench.`,
    );
  }
  return parseManifest(recording.manifest).map((object) => ({
    ...(object as KubernetesObject),
    metadata: { ...(object as KubernetesObject).metadata, namespace: release.namespace },
  }));
}
