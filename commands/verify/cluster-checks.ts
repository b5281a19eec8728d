import { isDeepStrictEqual } from "node:util";
import type { V1NetworkPolicy, V1Node, V1Pod, V1Service } from "@kubernetes/client-node";
import { networkPolicies } from "../../components/platform/network-policies";
import { names, ports } from "../../components/platform/ports";
import type { Expected } from "../../services/verify/contract";
import type { Check } from "../../services/verify/runner";
import { isReady } from "../kubernetes";
import { admissionPolicyObjects } from "./admission-check";
import type { Snapshot } from "./snapshot";

/** What the checks of this file look at. */
export interface ClusterContext {
  readonly snapshot: Snapshot;
  readonly expected: Expected;
}

/** Every server's pod is there and ready. */
export const podsReady: Check<ClusterContext> = {
  name: "pods-ready",
  async run({ snapshot, expected }) {
    const ready = snapshot.pods.filter(isReady);
    const present = new Set(snapshot.pods.map((pod) => pod.metadata?.name));
    const missing = serverNames(expected).filter((name) => !present.has(name));
    const problems = [
      ...missing.map((name) => `${name} does not exist`),
      ...snapshot.pods.filter((pod) => !isReady(pod)).map((pod) => `${pod.metadata?.name} ${notReadyReason(pod)}`),
    ];
    if (problems.length) throw new Error(`${ready.length} of ${expected.replicas} ready: ${problems.join("; ")}`);
    if (ready.length !== expected.replicas) throw new Error(`${ready.length} pods, not ${expected.replicas}`);
    return `${ready.length} of ${expected.replicas} ready`;
  },
};

/** No node holds two servers more than another; where there are nodes enough, each holds one. */
export const podsSpread: Check<ClusterContext> = {
  name: "pods-spread",
  needs: ["pods-ready"],
  async run({ snapshot, expected }) {
    const perNode = new Map<string, string[]>();
    for (const { metadata, spec } of snapshot.pods) {
      const node = spec?.nodeName ?? "";
      perNode.set(node, [...(perNode.get(node) ?? []), metadata?.name ?? ""]);
    }
    const available = Math.max(snapshot.nodes?.filter(takesPods).length ?? 0, perNode.size);
    const most = Math.ceil(expected.replicas / available);
    const crowded = [...perNode].filter(([, pods]) => pods.length > most);
    if (crowded.length) {
      const where = crowded.map(([node, pods]) => `${node} has ${pods.join(", ")}`).join("; ");
      throw new Error(`${where}, though ${available} nodes could share ${expected.replicas} servers`);
    }
    const nodes = perNode.size === 1 ? "1 node, the only one there is" : `${perNode.size} nodes`;
    return `${expected.replicas} servers on ${nodes}`;
  },
};

/** The Services clients and servers use have the right ports, and every server behind them. */
export const services: Check<ClusterContext> = {
  name: "services",
  async run({ snapshot, expected }) {
    const clientPorts = [ports.client, ...(expected.leafnodes ? [ports.leafnode] : [])];
    const found = [
      ...serviceProblems(snapshot, names.service, clientPorts, expected.replicas),
      ...serviceProblems(snapshot, names.headlessService, [ports.client, ports.cluster], expected.replicas),
    ];
    if (found.length) throw new Error(found.join("; "));
    return `${names.service} (${clientPorts.join(", ")}) and ${names.headlessService}, ${expected.replicas} ready endpoints each`;
  },
};

/** A drained node may take one server away, and no more than leave a majority. */
export const podDisruptionBudget: Check<ClusterContext> = {
  name: "pod-disruption-budget",
  async run({ snapshot, expected }) {
    const budget = snapshot.podDisruptionBudgets.find(({ metadata }) => metadata?.name === names.statefulSet);
    if (!budget) throw new Error(`PodDisruptionBudget ${names.statefulSet} does not exist`);
    const { expectedPods = 0, desiredHealthy = 0, disruptionsAllowed = 0 } = budget.status ?? {};
    if (expectedPods !== expected.replicas) throw new Error(`it covers ${expectedPods} pods, not ${expected.replicas}`);
    const majority = Math.floor(expected.replicas / 2) + 1;
    if (desiredHealthy < majority)
      throw new Error(`it keeps only ${desiredHealthy} servers; a majority is ${majority}`);
    if (disruptionsAllowed < 1) throw new Error("no server may be evicted now: a node with one cannot be drained");
    return `keeps ${desiredHealthy} of ${expectedPods}, ${disruptionsAllowed} may be evicted now`;
  },
};

/** The namespace's policies say what this program makes them say: closed, but for clients, routes and monitoring. */
export const networkPolicyObjects: Check<ClusterContext> = {
  name: "network-policies",
  async run({ snapshot, expected }) {
    const wanted = networkPolicies(expected);
    const wrong = wanted.flatMap(({ name, spec }) => {
      const found = snapshot.networkPolicies.find(({ metadata }) => metadata?.name === name);
      if (!found) return [`${name} does not exist`];
      return isDeepStrictEqual(plainSpec(found), JSON.parse(JSON.stringify(spec))) ? [] : [`${name} was changed`];
    });
    if (wrong.length) throw new Error(wrong.join("; "));
    return wanted.map(({ name }) => name).join(", ");
  },
};

/** A policy's spec as the API server has it; the client library calls `from` `_from`. */
export function plainSpec({ spec }: V1NetworkPolicy): unknown {
  return JSON.parse(JSON.stringify(spec ?? {}).replaceAll('"_from":', '"from":'));
}

/** Checks on the state of the cluster's objects. */
export const clusterChecks = [
  podsReady,
  podsSpread,
  services,
  podDisruptionBudget,
  networkPolicyObjects,
  admissionPolicyObjects,
];

/** Names of the servers, which are those of their pods. */
export function serverNames({ replicas }: Expected): string[] {
  return Array.from({ length: replicas }, (_, index) => `${names.statefulSet}-${index}`);
}

/** Why a pod is not ready, as far as its status tells. */
export function notReadyReason(pod: V1Pod): string {
  if (pod.metadata?.deletionTimestamp) return "is being deleted";
  const condition = (type: string) =>
    pod.status?.conditions?.find((entry) => entry.type === type && entry.status === "False");
  const scheduled = condition("PodScheduled");
  if (scheduled) return `has no node: ${scheduled.message ?? scheduled.reason}`;
  for (const { name, state, ready } of pod.status?.containerStatuses ?? []) {
    if (state?.waiting) return `waits: ${name}: ${state.waiting.reason} ${state.waiting.message ?? ""}`.trim();
    if (state?.terminated)
      return `has ended: ${name}: ${state.terminated.reason}, exit code ${state.terminated.exitCode}`;
    if (!ready) return `runs, but ${name} is not ready`;
  }
  return `is not ready (${pod.status?.phase ?? "no status"})`;
}

function takesPods({ spec, status }: V1Node): boolean {
  const ready = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  const tainted = spec?.taints?.some(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  return ready === true && !spec?.unschedulable && !tainted;
}

function serviceProblems(
  { services, endpointSlices }: Snapshot,
  name: string,
  wanted: readonly number[],
  replicas: number,
): string[] {
  const service = services.find(({ metadata }) => metadata?.name === name);
  if (!service) return [`Service ${name} does not exist`];
  const problems = wanted
    .filter((port) => !servicePorts(service).includes(port))
    .map((port) => `Service ${name} has no port ${port}`);
  const ready = endpointSlices
    .filter(({ metadata }) => metadata?.labels?.["kubernetes.io/service-name"] === name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true);
  // Both count as ready what is not, where the Service publishes pods that are not ready; readiness is for another check.
  if (ready.length !== replicas) problems.push(`Service ${name} has ${ready.length} endpoints, not ${replicas}`);
  return problems;
}

function servicePorts(service: V1Service): number[] {
  return service.spec?.ports?.map(({ port }) => port) ?? [];
}
