import {
  ApiException,
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { apiErrorMessage } from "../../api-error";
import { noAnswer } from "../access/servers";
import { UnusableError } from "../errors";

/**
 * Reads a node.
 * @throws UnusableError naming the nodes that there are
 */
export async function readNode(config: KubeConfig, name: string): Promise<V1Node> {
  const core = config.makeApiClient(CoreV1Api);
  try {
    return await core.readNode({ name });
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 404)) throw new UnusableError(noAnswer(config, error));
    const names = (await core.listNode()).items.map(({ metadata }) => metadata?.name);
    throw new UnusableError(`there is no node "${name}"; there are: ${names.join(", ")}`);
  }
}

/** All pods on a node, of all namespaces. */
export async function podsOn(config: KubeConfig, node: string): Promise<V1Pod[]> {
  const list = config.makeApiClient(CoreV1Api).listPodForAllNamespaces({ fieldSelector: `spec.nodeName=${node}` });
  return (await list.catch(rethrow("its pods cannot be listed"))).items;
}

/** Has a node take no new pods, or take them again. */
export async function setCordoned(config: KubeConfig, node: string, cordoned: boolean): Promise<void> {
  const headers = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
  const patch = { name: node, body: { spec: { unschedulable: cordoned } } };
  const what = `${node} cannot be ${cordoned ? "cordoned" : "uncordoned"}`;
  await config.makeApiClient(CoreV1Api).patchNode(patch, headers).catch(rethrow(what));
}

function rethrow(what: string) {
  return (error: unknown): never => {
    throw new Error(`${what}: ${apiErrorMessage(error)}`, { cause: error });
  };
}
