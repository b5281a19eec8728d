import type { V1Pod } from "@kubernetes/client-node";
import { isReady } from "../../kubernetes";
import { notReadyReason } from "../../verify/cluster-checks";
import type { Placement } from "../jetstream/placement";

/** What a decision to drain a node is made by. */
export interface DrainFacts {
  readonly node: string;
  /** Pods of the servers, on all nodes. */
  readonly servers: readonly V1Pod[];
  /** How many servers there should be. */
  readonly replicas: number;
  /** All pods on the node. */
  readonly pods: readonly V1Pod[];
  /** Absent without JetStream. */
  readonly placement?: Placement;
}

/** Pods on a node that a drain evicts: all that are not a DaemonSet's, which would put them there again, or the kubelet's own. */
export function podsToEvict(pods: readonly V1Pod[]): V1Pod[] {
  return pods.filter(({ metadata }) => {
    const isMirror = metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined;
    return !isMirror && controllerOf(metadata?.ownerReferences) !== "DaemonSet";
  });
}

/** Whether nobody makes a pod anew that was evicted. */
export function isLost({ metadata }: V1Pod): boolean {
  return controllerOf(metadata?.ownerReferences) === undefined;
}

function controllerOf(owners: readonly { controller?: boolean; kind: string }[] | undefined): string | undefined {
  return owners?.find(({ controller }) => controller)?.kind;
}

/** Servers that a drain would evict. One that is on its way out already is none. */
export function serversToEvict({ node, servers }: Pick<DrainFacts, "node" | "servers">): V1Pod[] {
  return servers.filter(({ spec, metadata }) => spec?.nodeName === node && metadata?.deletionTimestamp === undefined);
}

/** Why NATS cannot do without the servers on the node now; empty if it can, or there is none. */
export function drainProblems(facts: DrainFacts): string[] {
  const leaving = serversToEvict(facts);
  if (leaving.length === 0) return [];
  const names = leaving.map(nameOf).join(", ");
  if (facts.replicas === 1) return [`${names} is the only server: NATS would be away until the node is back`];
  const majority = Math.floor(facts.replicas / 2) + 1;
  if (facts.replicas - leaving.length < majority) {
    return [`${names} of ${facts.replicas} servers are on it: the others are no majority`];
  }
  return [...notServing(facts, leaving), ...placementProblems(facts.placement)];
}

/**
 * Servers that do not serve, or do not exist, and why.
 * @param leaving servers that are not asked about. @default none
 */
export function notServing(
  { servers, replicas }: Pick<DrainFacts, "servers" | "replicas">,
  leaving: readonly V1Pod[] = [],
): string[] {
  const missing = replicas - servers.length;
  return [
    ...servers
      .filter((server) => !leaving.includes(server) && !isReady(server))
      .map((server) => `${nameOf(server)} ${notReadyReason(server)}`),
    ...(missing > 0 ? [`${missing} of ${replicas} servers ${missing === 1 ? "does" : "do"} not exist`] : []),
  ];
}

/** What is not as it should be of JetStream; empty if all replicas of all streams are current. */
export function placementProblems(placement: Placement | undefined): string[] {
  if (!placement) return [];
  const streams = placement.streams.filter(({ problems }) => problems.length > 0);
  return [
    ...placement.problems.map((problem) => `JetStream's metadata: ${problem}`),
    ...streams.map(({ account, name, problems }) => `stream ${name} of ${account}: ${problems.join(", ")}`),
  ];
}

/** Streams that nobody can use while the servers on the node are away: they have one replica, there. */
export function streamsAway(facts: DrainFacts): string[] {
  const leaving = serversToEvict(facts).map(nameOf);
  return (facts.placement?.streams ?? [])
    .filter(({ replicas, leader }) => replicas === 1 && leader !== undefined && leaving.includes(leader))
    .map(({ account, name }) => `${name} of ${account}`);
}

/** Why a server has no node; undefined if it has one, or the scheduler has not looked yet. */
export function waitsForNode({ spec, status }: V1Pod): string | undefined {
  if (spec?.nodeName) return undefined;
  const scheduled = status?.conditions?.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return scheduled ? (scheduled.message ?? scheduled.reason ?? "no node takes it") : undefined;
}

/** Namespace and name of a pod. */
export function pathOf({ metadata }: V1Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

export function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? "";
}
