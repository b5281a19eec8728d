import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { kubeConfig } from "../commands/kubernetes";
import type { Target } from "../commands/target";
import { clientNamespaceLabel, labelSelector } from "../components/labels";

const pollMs = 200;
const goneTimeoutMs = 180_000;

/** What the benchmark does in the cluster beside the commands it measures. */
export class BenchNamespaces {
  private readonly core: CoreV1Api;

  constructor(target: Pick<Target, "kubeconfig" | "context">) {
    this.core = kubeConfig(target).makeApiClient(CoreV1Api);
  }

  /** Creates a namespace whose pods may be clients of the platform. */
  async create(name: string, options: { restricted: boolean }): Promise<void> {
    const labels: Record<string, string> = { ...clientNamespaceLabel };
    if (options.restricted) labels["pod-security.kubernetes.io/enforce"] = "restricted";
    await this.core.createNamespace({ body: { metadata: { name, labels } } });
  }

  /** Deletes a namespace and returns once it is gone. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.core.deleteNamespace({ name }).catch(ignoreMissing);
    await poll(`namespace ${name} to go`, signal, async () => {
      const found = await this.core.readNamespace({ name }).catch(ignoreMissing);
      return found === undefined;
    });
  }

  /** Returns once no pod with the labels is left in a namespace. */
  async podsGone(namespace: string, signal: AbortSignal, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await poll(`the pods of ${namespace} to go`, signal, async () => (await this.pods(namespace, labels)).length === 0);
  }

  async pods(namespace: string, labels: Readonly<Record<string, string>> = {}): Promise<V1Pod[]> {
    return (await this.core.listNamespacedPod({ namespace, labelSelector: labelSelector(labels) })).items;
  }

  /** Content of a Secret, to be given to {@link createSecret}. */
  async readSecret(namespace: string, name: string): Promise<Record<string, string>> {
    return (await this.core.readNamespacedSecret({ namespace, name })).data ?? {};
  }

  /** @param data base64 by key */
  async createSecret(namespace: string, name: string, data: Record<string, string>): Promise<void> {
    await this.core.createNamespacedSecret({ namespace, body: { metadata: { name }, data } });
  }
}

/**
 * Waits for a condition.
 * @throws {Error} naming what did not happen in time, or with the reason of the aborted signal
 */
export async function poll(what: string, signal: AbortSignal, condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + goneTimeoutMs;
  while (!(await condition())) {
    signal.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`waited ${goneTimeoutMs / 1000} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** For a request about something that need not exist. */
export function ignoreMissing(error: { code?: number }): undefined {
  if (error.code === 404) return undefined;
  throw error;
}
