import { BatchV1Api, CoreV1Api, type KubeConfig, type V1Job } from "@kubernetes/client-node";
import type { AttemptResult } from "../../services/demo-app/contract";

/** How long a job may take, its pod's start included, in milliseconds. */
const jobMs = 180_000;

const pollMs = 500;

/** Seconds after which Kubernetes removes a job that has ended. */
const keptSeconds = 600;

/**
 * Runs a CronJob's job now, as `kubectl create job --from` does, and returns what its pod printed.
 * @throws Error with what the pod printed beside, if that is not what the demo's job prints
 */
export async function runJobNow(config: KubeConfig, namespace: string, cronJob: string): Promise<AttemptResult[]> {
  const batch = config.makeApiClient(BatchV1Api);
  const { metadata, spec } = await batch.readNamespacedCronJob({ namespace, name: cronJob });
  const owner = { apiVersion: "batch/v1", kind: "CronJob", name: cronJob, uid: metadata?.uid ?? "", controller: true };
  const { metadata: made } = await batch.createNamespacedJob({
    namespace,
    body: {
      metadata: {
        generateName: `${cronJob}-now-`,
        annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
        ownerReferences: [owner],
      },
      spec: {
        ...spec?.jobTemplate.spec,
        template: spec?.jobTemplate.spec?.template ?? {},
        ttlSecondsAfterFinished: keptSeconds,
      },
    },
  });
  const name = made?.name ?? "";
  const ended = await untilEnded(batch, namespace, name);
  const log = await logOf(config, namespace, name);
  const results = log.flatMap((line) => parseResult(line) ?? []);
  if (results.length === 0) {
    const state = ended ? "ended" : `has not ended after ${jobMs / 1_000} s`;
    throw new Error(`job ${namespace}/${name} ${state} without a result: ${log.join(" ") || "it printed nothing"}`);
  }
  return results;
}

async function untilEnded(batch: BatchV1Api, namespace: string, name: string): Promise<boolean> {
  const hasEnded = ({ status }: V1Job) =>
    (status?.conditions ?? []).some(({ type, status: is }) => is === "True" && ["Complete", "Failed"].includes(type));
  for (const deadline = Date.now() + jobMs; Date.now() < deadline; ) {
    if (hasEnded(await batch.readNamespacedJob({ namespace, name }))) return true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return false;
}

async function logOf(config: KubeConfig, namespace: string, job: string): Promise<string[]> {
  const core = config.makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` });
  const [pod] = items;
  if (!pod?.metadata?.name) return [];
  const log = await core.readNamespacedPodLog({ namespace, name: pod.metadata.name }).catch(() => "");
  return log.split("\n").filter((line) => line !== "");
}

function parseResult(line: string): AttemptResult | undefined {
  try {
    const result = JSON.parse(line) as AttemptResult;
    return typeof result.question === "string" && typeof result.ok === "boolean" ? result : undefined;
  } catch {
    return undefined;
  }
}
