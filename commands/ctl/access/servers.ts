import type { V1Pod } from "@kubernetes/client-node";
import { apiErrorMessage } from "../../api-error";
import { isReady, serverPodsOf } from "../../kubernetes";
import { UnusableError } from "../errors";
import type { Access } from "./nats";

/**
 * The pods of the servers that hold the stack's streams, by name.
 * @throws UnusableError if the cluster does not answer
 */
export async function lookForServers({ config, facts }: Pick<Access, "config" | "facts">): Promise<V1Pod[]> {
  try {
    return await serverPodsOf(config, facts.namespace);
  } catch (error) {
    const server = config.getCurrentCluster()?.server;
    throw new UnusableError(`cannot ask the cluster at ${server}: ${apiErrorMessage(error)}`, { cause: error });
  }
}

/** Number of servers that can answer. */
export async function runningServers(access: Access): Promise<number> {
  return (await lookForServers(access)).filter(isReady).length;
}
