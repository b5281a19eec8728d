import * as fs from "node:fs";
import type { V1CustomResourceDefinition } from "@kubernetes/client-node";
import { ensureDebianPackages } from "../debian";
import { ensureImages, type ImageArchive } from "../images";
import { withLock } from "../lock";
import { cacheDir, clusterPaths, makeClusterFolders, releaseClusterIndex } from "../state";
import { ensureTools, toolNames, toolsBin } from "../tools";
import { accessObjects } from "./addons/access";
import { calicoDefinitions, calicoObjects } from "./addons/calico";
import { ciliumDefinitions } from "./addons/cilium";
import { corednsObjects } from "./addons/coredns";
import { storageObjects } from "./addons/storage";
import { apiIsReady, ClusterApi } from "./api";
import { ensureCertificates } from "./certificates";
import { makeCgroup, removeCgroup } from "./cgroups";
import { apiAgents, controllerAgents, installControlPlane } from "./control-plane";
import { type ClusterStatus, clusterStatus, isReady, missing } from "./health";
import { copyImageStore, ensureImageStore, hasImageStore, loadImages } from "./image-store";
import { raiseKernelLimits, restoreKernelLimits } from "./kernel-limits";
import { writeKubeconfig } from "./kubeconfig";
import { type ClusterLayout, clusterLayout, type NodeMachine, nodeNumber } from "./layout";
import { machineIsUsable, machineProcess, powerOff, powerOn, startAgents } from "./machine";
import { cableIsUp, connectControlPlane, connectNode, disconnectHost, setCable } from "./network";
import { installNode, nodeAgents, runtimeAgents } from "./node";
import { preflight } from "./preflight";
import { bundleProvisioner } from "./provisioner-bundle";
import { waitFor } from "./wait";

export { type ClusterStatus, formatStatus, type NodeStatus } from "./health";
export { contextName } from "./kubeconfig";
export { nodeCount } from "./layout";

/** Options of the commands that take a while. */
export interface ProgressOptions {
  /** Told in a few words what is being done. @default shown on standard error */
  readonly progress?: (message: string) => void;
}

const readyTimeoutMs = 180_000;

/**
 * Brings a cluster up, or repairs it: whatever of it is missing is started, every node and cable included. Returns when all
 * nodes are Ready, Services and policies are in force on them and DNS answers.
 * @throws {Error} before anything has changed if the machine cannot run it, with all reasons and remedies; or if it does not
 * become ready, with what is missing
 */
export async function up(name: string, options: ProgressOptions = {}): Promise<ClusterStatus> {
  const progress = options.progress ?? consoleProgress(name);
  const layout = clusterLayout(name);
  try {
    await preflight(layout);
    // Packages may be what the network could be looked at with.
    if ((await ensureDebianPackages(progress)).length > 0) await preflight(layout);
  } catch (error) {
    releaseUnusedIndex(name);
    throw error;
  }
  return exclusively(layout, progress, async () => {
    await ensureTools(toolNames("cluster"));
    const [images, cilium] = await Promise.all([ensureImages(), ciliumDefinitions(progress)]);
    makeClusterFolders(name);
    await raiseKernelLimits();
    progress("certificates and configuration");
    const [provisioner] = await Promise.all([bundleProvisioner(layout), ensureCertificates(layout)]);
    writeKubeconfig(layout, "admin", layout.kubeconfig);
    installControlPlane(layout, toolsBin(), provisioner);
    progress("starting the control plane and the nodes");
    const started = { nodes: await nodesToStart(layout), at: new Date() };
    const switchPid = await powerOn(layout.controlPlane, keptFolders(layout));
    await connectControlPlane(layout, switchPid);
    startAgents(layout.controlPlane, apiAgents);
    const apiReady = untilApiReady(layout);
    await Promise.all([
      ...layout.nodes.map((node) => startNodeMachine(layout, node, switchPid, images, apiReady)),
      apiReady.then(() => startControllers(layout, cilium)),
    ]);
    progress("waiting for nodes, network and DNS");
    const api = new ClusterApi(layout);
    await waitFor(() => missing(layout, api, started), { what: `cluster "${name}"`, timeoutMs: readyTimeoutMs });
    return clusterStatus(layout);
  });
}

/** Takes a cluster down and deletes its data. Nothing of it is left on the host but caches of tools and images. */
export async function down(name: string, options: ProgressOptions = {}): Promise<void> {
  const progress = options.progress ?? consoleProgress(name);
  const layout = clusterLayout(name);
  await exclusively(layout, progress, async () => {
    progress("switching everything off");
    await Promise.all([...layout.nodes, layout.controlPlane].map(powerOff));
    await disconnectHost(layout);
    for (const node of layout.nodes) await removeCgroup(node.cgroup);
    progress("deleting its data");
    await fs.promises.rm(layout.root, { recursive: true, force: true });
    releaseClusterIndex(name);
    await restoreKernelLimits();
  });
}

/** State of a cluster as it is now. */
export async function status(name: string): Promise<ClusterStatus> {
  const state = await clusterStatus(clusterLayout(name));
  releaseUnusedIndex(name); // asking about a cluster reserves nothing
  return state;
}

/** Gives up the index of a cluster that does not exist. */
function releaseUnusedIndex(name: string): void {
  if (!fs.existsSync(clusterPaths(name).root)) releaseClusterIndex(name);
}

/**
 * A node loses its power: its cable goes dead first, so nobody is told good-bye, then all its processes die at once. What
 * was written to its disk stays.
 */
export async function killNode(name: string, number: number): Promise<void> {
  await withNode(name, number, async (_layout, node, switchPid) => {
    if (machineProcess(node) !== undefined) await setCable(node, switchPid, "down");
    await powerOff(node);
    await removeCgroup(node.cgroup);
  });
}

/** Switches a node on again. Returns when Kubernetes counts it as Ready. Does nothing to one that runs. */
export async function startNode(name: string, number: number): Promise<void> {
  await withNode(name, number, async (layout, node, switchPid) => {
    const since = new Date();
    if (machineProcess(node) === undefined) {
      const images = hasImageStore(node) ? [] : await ensureImages(); // its disk has them
      await startNodeMachine(layout, node, switchPid, images, Promise.resolve());
    }
    await untilReady(layout, node, since);
  });
}

/** Pulls the network cable of a node; its processes run on. */
export async function cutNode(name: string, number: number): Promise<void> {
  await withNode(name, number, async (_layout, node, switchPid) => {
    if (machineProcess(node) !== undefined) await setCable(node, switchPid, "down");
  });
}

/** Plugs the network cable of a node in again. Returns when Kubernetes counts it as Ready. */
export async function healNode(name: string, number: number): Promise<void> {
  await withNode(name, number, async (layout, node, switchPid) => {
    if (machineProcess(node) === undefined) {
      throw new Error(`${node.name} is off, it has no network to heal; start it with: start-node ${node.number}`);
    }
    const since = new Date();
    await setCable(node, switchPid, "up");
    await untilReady(layout, node, since);
  });
}

/**
 * Switches a node on.
 * @param images what pods may ask for
 * @param apiReady what its clients of the API wait for
 */
async function startNodeMachine(
  layout: ClusterLayout,
  node: NodeMachine,
  switchPid: number,
  images: readonly ImageArchive[],
  apiReady: Promise<void>,
): Promise<void> {
  installNode(layout, node, toolsBin());
  if (!machineIsUsable(node)) {
    await powerOff(node);
    await removeCgroup(node.cgroup); // the kubelet spends 3 s on every cgroup of a container that is no more
  }
  makeCgroup(node.cgroup);
  const pid = await powerOn(node, keptFolders(layout));
  await connectNode(layout, node, pid, switchPid);
  if (!hasImageStore(node)) await copyImageStore(await ensureImageStore(images), node);
  startAgents(node, runtimeAgents);
  await loadImages(node, pid, images);
  await apiReady;
  startAgents(node, nodeAgents);
}

async function untilApiReady(layout: ClusterLayout): Promise<void> {
  await waitFor(async () => ((await apiIsReady(layout)) ? undefined : "it does not answer /readyz yet"), {
    what: `the API server of cluster "${layout.name}"`,
    timeoutMs: readyTimeoutMs,
  });
}

/** Starts the clients of the API beside it, and fills it with what every cluster has. */
async function startControllers(layout: ClusterLayout, cilium: readonly V1CustomResourceDefinition[]): Promise<void> {
  startAgents(layout.controlPlane, controllerAgents);
  const api = new ClusterApi(layout);
  const definitions = [...calicoDefinitions(), ...cilium];
  await api.apply([...accessObjects(), ...definitions, ...storageObjects(), ...corednsObjects(layout)]);
  await api.apply(calicoObjects());
  await api.untilServed(cilium);
}

/** Nodes that are off or cut off. */
async function nodesToStart(layout: ClusterLayout): Promise<NodeMachine[]> {
  const switchPid = machineIsUsable(layout.controlPlane) ? machineProcess(layout.controlPlane) : undefined;
  const connected = await Promise.all(
    layout.nodes.map(
      async (node) => switchPid !== undefined && machineIsUsable(node) && (await cableIsUp(node, switchPid)),
    ),
  );
  return layout.nodes.filter((_, i) => !connected[i]);
}

/** Folders of the host a machine works with. */
function keptFolders(layout: ClusterLayout): string[] {
  return [layout.root, cacheDir()];
}

/**
 * Waits until Kubernetes counts a node as Ready for what it has heard since a moment: for some seconds after a node is lost it
 * still does so for what it heard before.
 */
async function untilReady(layout: ClusterLayout, node: NodeMachine, since: Date): Promise<void> {
  const api = new ClusterApi(layout);
  await waitFor(
    async () => {
      if ((await api.heardOf(node.name)) < since) return "nothing was heard of it yet";
      return isReady(await api.core.readNode({ name: node.name }))
        ? undefined
        : "Kubernetes does not count it as Ready";
    },
    { what: node.name, timeoutMs: readyTimeoutMs },
  );
}

async function withNode(
  name: string,
  number: number,
  work: (layout: ClusterLayout, node: NodeMachine, switchPid: number) => Promise<void>,
): Promise<void> {
  if (!fs.existsSync(clusterPaths(name).root)) throw new Error(`there is no cluster "${name}"`);
  const layout = clusterLayout(name);
  const node = nodeNumber(layout, number);
  await exclusively(
    layout,
    () => {},
    async () => {
      const switchPid = machineProcess(layout.controlPlane);
      if (switchPid === undefined) throw new Error(`cluster "${name}" is not up; start it with: up --name ${name}`);
      await work(layout, node, switchPid);
    },
  );
}

/** One command at a time changes a cluster. */
function exclusively<T>(
  layout: ClusterLayout,
  progress: (message: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  if (process.geteuid?.() !== 0) {
    throw new Error(`only root may change cluster "${layout.name}": run this with sudo`);
  }
  return withLock(layout.root, () => progress("another command works on it, waiting"), work);
}

function consoleProgress(name: string): (message: string) => void {
  return (message) => console.error(`cluster ${name}: ${message}`);
}
