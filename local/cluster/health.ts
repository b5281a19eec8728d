import { Resolver } from "node:dns/promises";
import * as http from "node:http";
import type { V1Node } from "@kubernetes/client-node";
import { corednsReplicas, corednsSelector } from "./addons/coredns";
import { apiIsReady, ClusterApi } from "./api";
import { type ClusterLayout, clusterDomain, type NodeMachine, nodeCount } from "./layout";
import { machineProcess } from "./machine";
import { cableIsUp } from "./network";
import { felixHealthPort, proxyHealthPort } from "./node";

/** State of one node. */
export interface NodeStatus {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly power: "on" | "off";
  readonly cable: "up" | "cut";
  /** Whether Kubernetes counts it as Ready. */
  readonly ready: boolean;
  /** Whether Services and NetworkPolicies are in force on it. */
  readonly network: boolean;
}

/** State of a cluster. */
export interface ClusterStatus {
  readonly name: string;
  /** `up`: all of it works. `degraded`: it is there, but something is not as it should be. `down`: nothing of it is there. */
  readonly state: "up" | "degraded" | "down";
  readonly kubeconfig: string;
  readonly apiServer: string;
  readonly controlPlane: { readonly power: "on" | "off"; readonly ready: boolean };
  readonly dns: boolean;
  readonly nodes: readonly NodeStatus[];
}

/** Looks at a cluster as it is now. Waits for nothing. */
export async function clusterStatus(layout: ClusterLayout): Promise<ClusterStatus> {
  const switchPid = machineProcess(layout.controlPlane);
  const apiReady = switchPid !== undefined && (await apiIsReady(layout));
  const api = apiReady ? new ClusterApi(layout) : undefined;
  const registered = await (api?.core.listNode().then((list) => list.items) ?? []);
  const nodes = await Promise.all(layout.nodes.map((node) => nodeStatus(node, registered, switchPid)));
  const dns = api !== undefined && (await answeringDnsServers(api)) >= corednsReplicas;
  const somethingRuns = switchPid !== undefined || nodes.some(({ power }) => power === "on");
  const allWorks = apiReady && dns && nodes.every(({ ready, network }) => ready && network);
  return {
    name: layout.name,
    state: allWorks ? "up" : somethingRuns ? "degraded" : "down",
    kubeconfig: layout.kubeconfig,
    apiServer: layout.apiServer,
    controlPlane: { power: switchPid === undefined ? "off" : "on", ready: apiReady },
    dns,
    nodes,
  };
}

/** A cluster's state for people to read, a few lines. */
export function formatStatus(state: ClusterStatus): string {
  const { controlPlane, dns } = state;
  return [
    `cluster ${state.name} is ${state.state}`,
    `  kubeconfig     ${state.kubeconfig}`,
    `  control plane  power ${controlPlane.power}, API ${controlPlane.ready ? "ready" : "not ready"} (${state.apiServer})`,
    `  DNS            ${dns ? "available" : "not available"}`,
    ...state.nodes.map(
      (node) =>
        `  ${node.name}         power ${node.power}, cable ${node.cable}, ${node.ready ? "Ready" : "not Ready"}, network ${node.network ? "in force" : "not in force"} (${node.address}, ${node.zone})`,
    ),
  ].join("\n");
}

/**
 * What a cluster lacks to be up, in words; undefined if nothing.
 * @param started nodes that have just been started, and when: what Kubernetes says of them from before does not count
 */
export async function missing(
  layout: ClusterLayout,
  api: ClusterApi,
  started: { readonly nodes: readonly NodeMachine[]; readonly at: Date },
): Promise<string | undefined> {
  for (const { name } of started.nodes) {
    if ((await api.heardOf(name)) < started.at) return `nothing was heard of ${name} yet`;
  }
  const { items } = await api.core.listNode();
  const ready = items.filter(isReady).length;
  if (ready < nodeCount) return `${ready} of ${nodeCount} nodes are Ready`;
  const enforced = await Promise.all(layout.nodes.map(networkIsReady));
  const without = layout.nodes.filter((_, i) => !enforced[i]);
  if (without.length > 0) return `the network agents of ${without.map(({ name }) => name).join(", ")} are not ready`;
  const servers = await answeringDnsServers(api);
  return servers < corednsReplicas ? `${servers} of ${corednsReplicas} DNS servers answer` : undefined;
}

/** Whether Kubernetes counts a node as Ready. */
export function isReady(node: V1Node): boolean {
  return node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

async function nodeStatus(node: NodeMachine, registered: V1Node[], switchPid?: number): Promise<NodeStatus> {
  const on = machineProcess(node) !== undefined;
  const cable = switchPid !== undefined && (await cableIsUp(node, switchPid));
  const object = registered.find(({ metadata }) => metadata?.name === node.name);
  return {
    name: node.name,
    address: node.address,
    zone: node.zone,
    power: on ? "on" : "off",
    cable: cable ? "up" : "cut",
    ready: object !== undefined && isReady(object),
    network: on && cable && (await networkIsReady(node)),
  };
}

/** Asks every DNS server for the API's name: what Kubernetes says of their readiness may be old. */
async function answeringDnsServers(api: ClusterApi): Promise<number> {
  const { items } = await api.core.listNamespacedPod({ namespace: "kube-system", labelSelector: corednsSelector });
  const answers = await Promise.all(
    items.map(async ({ status }) => {
      if (!status?.podIP) return false;
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers([status.podIP]);
      return resolver.resolve4(`kubernetes.default.svc.${clusterDomain}`).then(
        () => true,
        () => false,
      );
    }),
  );
  return answers.filter(Boolean).length;
}

async function networkIsReady(node: NodeMachine): Promise<boolean> {
  const answers = await Promise.all([
    answersWell(`http://${node.address}:${felixHealthPort}/readiness`),
    answersWell(`http://${node.address}:${proxyHealthPort}/healthz`),
  ]);
  return answers.every(Boolean);
}

async function answersWell(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get(url, { timeout: 1000, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode !== undefined && response.statusCode < 300);
    });
    request.once("timeout", () => request.destroy());
    request.once("error", () => resolve(false));
  });
}
