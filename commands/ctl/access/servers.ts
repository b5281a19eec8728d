import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { instanceAppLabel, labelSelector, tenantIdLabel } from "../../../components/labels";
import { apiErrorMessage } from "../../api-error";
import { isReady, serverPodsOf } from "../../kubernetes";
import { orUnusable } from "../errors";
import type { Access } from "./nats";

/**
 * The pods of the servers that hold the stack's streams, by name.
 * @throws UnusableError if the cluster does not answer
 */
export function lookForServers({ config, facts }: Pick<Access, "config" | "facts">): Promise<V1Pod[]> {
  return answered(config, serverPodsOf(config, facts.namespace));
}

/**
 * The pods of a tenant's instances, by name.
 * @throws UnusableError if the cluster does not answer
 */
export async function instancePods({ config, facts, stack }: Access): Promise<V1Pod[]> {
  const selector = labelSelector({ ...instanceAppLabel, [tenantIdLabel]: stack.tenant ?? "" });
  const namespace = facts.expectation?.namespaces.tenants ?? "";
  const list = config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector: selector });
  const { items } = await answered(config, list);
  return items.sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
}

/** Number of servers that can answer. */
export async function runningServers(access: Access): Promise<number> {
  return (await lookForServers(access)).filter(isReady).length;
}

const answerMs = 15_000;

/** What the API server answers. @throws UnusableError if it refuses, or does not answer within 15 s */
async function answered<T>(config: Access["config"], request: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMs / 1_000} s`)), answerMs);
  });
  return orUnusable(Promise.race([request, late]), (error) => noAnswer(config, error)).finally(() =>
    clearTimeout(timer),
  );
}

/** What to say when the API server does not answer, or refuses. */
export function noAnswer(config: Access["config"], error: unknown): string {
  return `cannot ask the cluster at ${config.getCurrentCluster()?.server}: ${apiErrorMessage(error)}`;
}
