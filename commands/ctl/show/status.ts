import { existsSync } from "node:fs";
import type { V1Pod } from "@kubernetes/client-node";
import * as cluster from "../../../local/cluster";
import { isReady, reachable } from "../../kubernetes";
import { notReadyReason } from "../../verify/cluster-checks";
import { nodeUrls } from "../../workstation/reach";
import { type Access, withAccess } from "../access/nats";
import { instancePods, lookForServers } from "../access/servers";
import type { Stack } from "../access/stack";
import type { CommandContext } from "../command";
import { UnusableError } from "../errors";
import { ago, mark, print, tableOr } from "../output";

/** A server as Kubernetes has it. */
interface ServerReport {
  readonly name: string;
  readonly ready: boolean;
  /** Containers that are ready, of how many. */
  readonly containers: string;
  readonly restarts: number;
  /** Absent while it has none. */
  readonly node?: string;
  /** ISO 8601; absent while it has not started. */
  readonly started?: string;
  /** Why it is not ready; absent if it is. */
  readonly problem?: string;
}

/** Prints what there is of a stack. */
export async function showStatus({ stack, json }: CommandContext): Promise<number> {
  const { target } = stack;
  const local = await localCluster(stack);
  if (!(await reachable(target))) {
    throw new UnusableError(`the cluster of context ${target.context} does not answer${local ? `\n${local}` : ""}`);
  }
  return withAccess(stack, async (access) => {
    const pods = await podsOf(access);
    const servers = pods.map(serverReport);
    const { url, expectation, replicas, nodePorts } = access.facts;
    const outside = nodePorts && pods[0] ? await nodeUrls(target, pods[0], nodePorts) : undefined;
    const clientUrls = expectation ? [...new Set([expectation.natsUrl, expectation.platformUrl])] : [url];
    const wanted = expectation?.instances.length ?? replicas ?? servers.length;
    const ok = servers.length >= wanted && servers.every(({ ready }) => ready);
    const document = {
      ok,
      stack: target.stack,
      kind: stack.kind,
      context: target.context,
      servers,
      clientUrls,
      ...(outside ? { nodeUrls: outside } : {}),
    };
    print(json, document, () => [
      `stack ${target.stack} (${stack.kind}) on ${target.kind === "local" ? "the local cluster" : "your cluster"}, context ${target.context}`,
      ...(local ? [local] : []),
      ...tableOr("no server", titles, servers.map(row)),
      ...(servers.length < wanted ? [`${servers.length} of ${wanted} servers exist`] : []),
      `clients connect to ${clientUrls.join(" or, with JetStream, ")}`,
      ...(outside ? [`from outside the cluster: ${outside.client}, monitoring ${outside.monitoring}`] : []),
    ]);
    return ok ? 0 : 1;
  });
}

async function localCluster({ target }: Stack): Promise<string | undefined> {
  if (!existsSync(target.kubeconfig)) throw new UnusableError("there is no cluster; make up makes one");
  return target.cluster === undefined ? undefined : cluster.formatStatus(await cluster.status(target.cluster));
}

async function podsOf(access: Access): Promise<V1Pod[]> {
  return access.stack.kind === "tenant" ? instancePods(access) : lookForServers(access);
}

const titles = ["server", "containers", "restarts", "node", "started", ""];

function row({ name, containers, restarts, node, started, problem }: ServerReport) {
  const cells = [name, `${containers} ready`, String(restarts), node ?? "-", started ? ago(started, Date.now()) : "-"];
  return { mark: mark(problem ? [problem] : []), cells: [...cells, problem ?? ""] };
}

function serverReport(pod: V1Pod): ServerReport {
  const { metadata, spec, status } = pod;
  const containers = status?.containerStatuses ?? [];
  const ready = isReady(pod);
  return {
    name: metadata?.name ?? "",
    ready,
    containers: `${containers.filter((container) => container.ready).length}/${spec?.containers.length ?? 0}`,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(spec?.nodeName ? { node: spec.nodeName } : {}),
    ...(status?.startTime ? { started: new Date(status.startTime).toISOString() } : {}),
    ...(ready ? {} : { problem: notReadyReason(pod) }),
  };
}
