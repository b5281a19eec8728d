import * as path from "node:path";
import { clusterIndex, clusterPaths } from "../state";

/** Number of nodes of a local cluster: the fewest that hold a quorum of three with one node lost. */
export const nodeCount = 3;

/** Domain of the cluster's Services. */
export const clusterDomain = "cluster.local";

/** One machine of the cluster: the control plane or a node. */
export interface Machine {
  /** `control-plane` or `node-<n>`; a node's name in Kubernetes as well. */
  readonly name: string;
  /** IPv4 address on the node network. */
  readonly address: string;
  /** Folder that holds its configuration, disks and agents. Survives a loss of power, not `down`. */
  readonly dir: string;
  /** Folder of its agents' logs, one `<agent>.log` each. */
  readonly logs: string;
}

/** A machine that runs pods. */
export interface NodeMachine extends Machine {
  /** From 1 to {@link nodeCount}. */
  readonly number: number;
  /** Value of the label `topology.kubernetes.io/zone`. */
  readonly zone: string;
  /** Network its pods get their addresses from, CIDR. */
  readonly podCidr: string;
  /** Name of its cgroup below every hierarchy's root. */
  readonly cgroup: string;
  /** Name of its end of the cable at the switch. */
  readonly port: string;
  /** Folder of its persistent volumes, one folder each. */
  readonly volumes: string;
}

/** Every name, address and folder of one local cluster. Two clusters of different index share none of them. */
export interface ClusterLayout {
  readonly name: string;
  readonly root: string;
  readonly kubeconfig: string;
  readonly pki: string;
  /** The one network interface the cluster adds to the host. */
  readonly hostInterface: string;
  /** The host's address on the node network. */
  readonly hostAddress: string;
  /** Network of host, control plane and nodes, CIDR. */
  readonly nodeCidr: string;
  /** Network of all pods, CIDR. */
  readonly podCidr: string;
  /** Network of Services, CIDR. */
  readonly serviceCidr: string;
  /** ClusterIP of Service `kubernetes`. */
  readonly apiServiceAddress: string;
  /** ClusterIP of Service `kube-dns`. */
  readonly dnsAddress: string;
  /** URL of the API server, from the host and from every machine. */
  readonly apiServer: string;
  readonly controlPlane: Machine;
  readonly nodes: readonly NodeMachine[];
}

/**
 * Layout of a cluster by its name; its index comes from the state.
 * @throws {Error} if the name is not accepted or no index is left
 */
export function clusterLayout(name: string): ClusterLayout {
  const paths = clusterPaths(name);
  return layoutOf({ name, index: clusterIndex(name), ...paths });
}

/** Derives a layout from a name, an index from 0 to 10, and folders. */
export function layoutOf(cluster: {
  name: string;
  index: number;
  root: string;
  kubeconfig: string;
  pki: string;
  logs: string;
}): ClusterLayout {
  const { name, index, root, kubeconfig, pki, logs } = cluster;
  const machine = (machineName: string, hostNumber: number): Machine => ({
    name: machineName,
    address: `10.255.${index}.${hostNumber}`,
    dir: path.join(root, "machines", machineName),
    logs: path.join(logs, machineName),
  });
  const node = (number: number): NodeMachine => {
    const base = machine(`node-${number}`, 10 + number);
    return {
      ...base,
      number,
      zone: `zone-${number}`,
      podCidr: `10.${244 + index}.${number}.0/24`,
      cgroup: `nats-platform-${name}-node-${number}`,
      port: `node-${number}`,
      volumes: path.join(base.dir, "volumes"),
    };
  };
  const controlPlane = machine("control-plane", 2);
  return {
    name,
    root,
    kubeconfig,
    pki,
    hostInterface: `nats-platform${index}`, // at most 15 characters
    hostAddress: `10.255.${index}.1`,
    nodeCidr: `10.255.${index}.0/24`,
    podCidr: `10.${244 + index}.0.0/16`,
    serviceCidr: `10.${96 + index}.0.0/16`,
    apiServiceAddress: `10.${96 + index}.0.1`,
    dnsAddress: `10.${96 + index}.0.10`,
    apiServer: `https://${controlPlane.address}:6443`,
    controlPlane,
    nodes: Array.from({ length: nodeCount }, (_, i) => node(i + 1)),
  };
}

/**
 * The node with a number.
 * @throws {Error} if the cluster has no such node
 */
export function nodeNumber(layout: ClusterLayout, number: number): NodeMachine {
  const node = layout.nodes.find((candidate) => candidate.number === number);
  if (node) return node;
  throw new Error(`cluster "${layout.name}" has no node ${number}: accepted are 1 to ${nodeCount}`);
}
