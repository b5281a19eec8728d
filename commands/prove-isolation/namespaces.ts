import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { restrictedNamespaceLabels } from "../../components/pod-security";
import { isLeftover } from "../in-cluster";
import { ownerAnnotation, programLabel } from "../in-cluster-manifests";
import { listMetadata } from "../kubernetes";
import type { PlannedNamespace } from "./plan";

/** How long a new namespace may take to take pods, in milliseconds. */
const readyMs = 15_000;

/** How long namespaces may take to be gone, in milliseconds. After that Kubernetes finishes it alone. */
const removalMs = 30_000;

const pollMs = 250;

/**
 * Makes namespaces, does something in them, and removes them again whatever happens. Removes first what killed runs have left.
 * @throws what is thrown by what is done, or the API server's reason why a namespace cannot be made
 */
export async function withNamespaces<T>(
  config: KubeConfig,
  namespaces: readonly PlannedNamespace[],
  use: () => Promise<T>,
): Promise<T> {
  const core = config.makeApiClient(CoreV1Api);
  await remove(core, await leftovers(core));
  const wanted = namespaces.map(({ name }) => name);
  try {
    await Promise.all(namespaces.map((namespace) => make(core, namespace)));
    return await use();
  } finally {
    await remove(core, wanted);
    await untilGone(core, wanted);
  }
}

async function make(core: CoreV1Api, { name, labels }: PlannedNamespace): Promise<void> {
  await core.createNamespace({
    body: {
      metadata: {
        name,
        labels: {
          "app.kubernetes.io/part-of": "nats-platform",
          [programLabel]: name,
          ...labels,
          ...restrictedNamespaceLabels,
        },
        annotations: { [ownerAnnotation]: `${hostname()}/${process.pid}` },
      },
    },
  });
  // Until Kubernetes has given it its ServiceAccount, a namespace refuses every pod.
  const deadline = Date.now() + readyMs;
  for (;;) {
    const { items } = await core.listNamespacedServiceAccount({ namespace: name });
    if (items.some(({ metadata }) => metadata?.name === "default")) return;
    if (Date.now() > deadline)
      throw new Error(`namespace ${name} has no ServiceAccount "default" after ${readyMs / 1000} s`);
    await sleep(pollMs);
  }
}

async function leftovers(core: CoreV1Api): Promise<string[]> {
  const found = await listMetadata((options) => core.listNamespace({ labelSelector: programLabel }, options));
  return found.flatMap(({ name, annotations, creationTimestamp }) => {
    const ageMs = Date.now() - (creationTimestamp?.getTime() ?? 0);
    return name && isLeftover(annotations?.[ownerAnnotation] ?? "", ageMs) ? [name] : [];
  });
}

async function remove(core: CoreV1Api, names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => core.deleteNamespace({ name }).catch(unlessGone)));
}

/** Waits, so that whoever looks afterwards finds nothing. */
async function untilGone(core: CoreV1Api, names: readonly string[]): Promise<void> {
  const deadline = Date.now() + removalMs;
  for (const name of names) {
    while (Date.now() < deadline && (await core.readNamespace({ name }).catch(unlessGone))) await sleep(pollMs);
  }
}

function unlessGone(error: { code?: number }): undefined {
  if (error.code !== 404) throw error;
}
