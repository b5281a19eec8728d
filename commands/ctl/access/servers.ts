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
  return orUnusable(serverPodsOf(config, facts.namespace), (error) => noAnswer(config, error));
}

/**
 * The pods of a tenant's instances, by name.
 * @throws UnusableError if the cluster does not answer
 */
export async function instancePods({ config, facts, stack }: Access): Promise<V1Pod[]> {
  const selector = labelSelector({ ...instanceAppLabel, [tenantIdLabel]: stack.tenant ?? "" });
  const namespace = facts.expectation?.namespaces.tenants ?? "";
  const list = config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace, labelSelector: selector });
  const { items } = await orUnusable(list, (error) => noAnswer(config, error));
  return items.sort((a, b) => (a.metadata?.name ?? "").localeCompare(b.metadata?.name ?? ""));
}

/** Number of servers that can answer. */
export async function runningServers(access: Access): Promise<number> {
  return (await lookForServers(access)).filter(isReady).length;
}

/** What to say when the API server does not answer, or refuses. */
export function noAnswer(config: Access["config"], error: unknown): string {
  return `cannot ask the cluster at ${config.getCurrentCluster()?.server}: ${apiErrorMessage(error)}`;
}
