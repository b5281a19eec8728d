import { setTimeout as sleep } from "node:timers/promises";
import { ApiException, CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { apiErrorMessage } from "../../api-error";
import { pathOf } from "./plan";

const pollMs = 1_000;

/** Eviction is asked for again so often while a PodDisruptionBudget refuses it. */
const refusedMs = 2_000;

/** Told of what happens, and until when it may take. */
export interface EvictOptions {
  readonly say: (text: string) => void;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * Evicts a pod and waits until it is gone, as often refused by a PodDisruptionBudget as need be.
 * @throws Error that says what it waited for, past the deadline; or with the API server's reason
 */
export async function evict(config: KubeConfig, pod: V1Pod, { say, deadline }: EvictOptions): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const { namespace = "", name = "", uid } = pod.metadata ?? {};
  let waitsFor = "its end";
  const late = () => {
    if (Date.now() > deadline) throw new Error(`${pathOf(pod)} is still there: waited for ${waitsFor}`);
  };
  // Of this very pod: one of the same name that has taken its place is none of ours.
  const body = { metadata: { namespace, name }, deleteOptions: { preconditions: { uid } } };
  for (;;) {
    const answer = await core.createNamespacedPodEviction({ namespace, name, body }).catch((error: unknown) => {
      if (error instanceof ApiException && isOver(error.code)) return "gone";
      if (error instanceof ApiException && error.code === 429) return { refused: apiErrorMessage(error) };
      throw new Error(`${pathOf(pod)} cannot be evicted: ${apiErrorMessage(error)}`, { cause: error });
    });
    if (answer === "gone") break;
    if (typeof answer !== "object" || !("refused" in answer)) break;
    if (waitsFor !== answer.refused) say(`${pathOf(pod)} waits: ${answer.refused}`);
    waitsFor = answer.refused;
    late();
    await sleep(refusedMs);
  }
  waitsFor = "its end";
  while (await isThere(core, namespace, name, uid)) {
    late();
    await sleep(pollMs);
  }
  say(`${pathOf(pod)} is gone`);
}

/** Not found, or another pod by now. */
function isOver(code: number): boolean {
  return code === 404 || code === 409;
}

async function isThere(core: CoreV1Api, namespace: string, name: string, uid: string | undefined): Promise<boolean> {
  try {
    return (await core.readNamespacedPod({ namespace, name })).metadata?.uid === uid;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw new Error(`cannot look at ${namespace}/${name}: ${apiErrorMessage(error)}`, { cause: error });
  }
}
