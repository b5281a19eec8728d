import * as fs from "node:fs";
import * as path from "node:path";
import { makePrivateDir, writePrivateFile } from "../state";
import { cniConfiguration, containerdConfiguration, containerdSocket, endpointStatusDir } from "./container-runtime";
import { writeKubeconfig } from "./kubeconfig";
import { type ClusterLayout, clusterDomain, type NodeMachine } from "./layout";
import { type Agent, installAgent, shortMachineDir } from "./machine";

/** Agents of a node that can start before the API is served. */
export const runtimeAgents = ["containerd"] as const;

/** Agents of a node that are clients of the API. */
export const nodeAgents = ["calico-felix", "kube-proxy", "kubelet"] as const;

/** Port a node's Felix tells its health on. */
export const felixHealthPort = 9099;

/** Port a node's kube-proxy tells its health on. */
export const proxyHealthPort = 10256;

/**
 * Clients of the API give a silent connection up after 5 + 3 s, not after 30 + 15: a node whose cable was pulled is back in
 * the cluster seconds after it is plugged in again, and does not wait for TCP's next, ever later retransmission.
 */
const apiClientEnv = { HTTP2_READ_IDLE_TIMEOUT_SECONDS: "5", HTTP2_PING_TIMEOUT_SECONDS: "3" };

/**
 * Writes the configuration and the executables of a node.
 * @param tools folder of the programs
 */
export function installNode(layout: ClusterLayout, node: NodeMachine, tools: string): void {
  makePrivateDir(node.dir);
  makePrivateDir(node.volumes);
  const file = (name: string) => path.join(node.dir, name);
  writeKubeconfig(layout, `${node.name}-kubelet`, file("kubelet.kubeconfig"));
  writeKubeconfig(layout, "kube-proxy", file("kube-proxy.kubeconfig"));
  writeKubeconfig(layout, "calico", file("calico.kubeconfig"));
  for (const copy of ["ca.crt", `${node.name}-kubelet-server.crt`, `${node.name}-kubelet-server.key`]) {
    writePrivateFile(file(copy), fs.readFileSync(path.join(layout.pki, copy)));
  }
  writePrivateFile(file("containerd.toml"), containerdConfiguration(node, tools));
  writePrivateFile(file("cni/10-calico.conflist"), cniConfiguration(node, file("calico.kubeconfig")));
  writePrivateFile(file("kubelet.yaml"), JSON.stringify(kubeletConfiguration(layout, node), undefined, 2));
  writePrivateFile(file("kube-proxy.yaml"), JSON.stringify(proxyConfiguration(layout, node), undefined, 2));
  const agents = [containerd(node, tools), kubelet(node, tools), proxy(node, tools), felix(node, tools)];
  for (const agent of agents) installAgent(node, agent);
}

function containerd(node: NodeMachine, tools: string): Agent {
  const config = path.join(node.dir, "containerd.toml");
  return {
    name: "containerd",
    command: [path.join(tools, "containerd"), "--config", config],
    files: [config],
    env: { PATH: `${tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` }, // it looks its shim up there
  };
}

function kubelet(node: NodeMachine, tools: string): Agent {
  const config = path.join(node.dir, "kubelet.yaml");
  const kubeconfig = path.join(node.dir, "kubelet.kubeconfig");
  return {
    name: "kubelet",
    command: [
      path.join(tools, "kubelet"),
      ...[`--config=${config}`, `--kubeconfig=${kubeconfig}`, `--root-dir=${shortMachineDir}/kubelet`],
      ...[`--hostname-override=${node.name}`, `--node-ip=${node.address}`],
      `--node-labels=topology.kubernetes.io/zone=${node.zone}`,
    ],
    files: [config, kubeconfig],
    env: apiClientEnv,
  };
}

function proxy(node: NodeMachine, tools: string): Agent {
  const config = path.join(node.dir, "kube-proxy.yaml");
  return {
    name: "kube-proxy",
    command: [path.join(tools, "kube-proxy"), `--config=${config}`],
    files: [config, path.join(node.dir, "kube-proxy.kubeconfig")],
    env: apiClientEnv,
  };
}

function felix(node: NodeMachine, tools: string): Agent {
  const kubeconfig = path.join(node.dir, "calico.kubeconfig");
  return {
    name: "calico-felix",
    command: [path.join(tools, "calico-felix")],
    files: [kubeconfig],
    env: {
      ...apiClientEnv,
      KUBECONFIG: kubeconfig,
      FELIX_DATASTORETYPE: "kubernetes",
      FELIX_FELIXHOSTNAME: node.name,
      FELIX_IPV6SUPPORT: "false",
      // As kube-proxy. Left to itself Felix guesses from the rules it finds, and after a power loss, with kube-proxy starting beside it, it may
      // change its mind: the rules of its first guess stay, know no new pod, and drop what it sends.
      FELIX_IPTABLESBACKEND: "NFT",
      FELIX_IGNORELOOSERPF: "true",
      FELIX_DEFAULTENDPOINTTOHOSTACTION: "ACCEPT",
      FELIX_ENDPOINTSTATUSPATHPREFIX: path.dirname(endpointStatusDir),
      FELIX_HEALTHENABLED: "true",
      FELIX_HEALTHHOST: node.address,
      FELIX_HEALTHPORT: String(felixHealthPort),
      FELIX_LOGSEVERITYSCREEN: "warning",
      FELIX_LOGFILEPATH: "none",
      FELIX_LOGSEVERITYFILE: "none",
      FELIX_LOGSEVERITYSYS: "none",
      FELIX_USAGEREPORTINGENABLED: "false",
      FELIX_PROMETHEUSMETRICSENABLED: "false",
      FELIX_DebugSkipCTLBCleanup: "true", // built without cgo, its clean-up of eBPF programs panics
    },
  };
}

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export function kubeletConfiguration(layout: ClusterLayout, node: NodeMachine): Record<string, unknown> {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: node.address,
    healthzBindAddress: node.address,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${node.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    podLogsDir: path.join(node.dir, "pod-logs"),
    clusterDNS: [layout.dnsAddress],
    clusterDomain,
    resolvConf: "", // names outside the cluster are not for its pods
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: path.join(node.dir, "ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: path.join(node.dir, `${node.name}-kubelet-server.crt`),
    tlsPrivateKeyFile: path.join(node.dir, `${node.name}-kubelet-server.key`),
    // A lease of 12 s is renewed every 3 s: with the default (40 s, every 10 s) one late renewal would make a node "lost".
    nodeLeaseDurationSeconds: 12,
    maxPods: 110,
    serializeImagePulls: false,
    registryPullQPS: 0,
    eventRecordQPS: 0,
    // Images cannot be pulled again, so none may be collected; the disk is the host's, and so is its owner's judgement.
    imageGCHighThresholdPercent: 100,
    evictionHard: { "memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%" },
  };
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
export function proxyConfiguration(layout: ClusterLayout, node: NodeMachine): Record<string, unknown> {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    hostnameOverride: node.name,
    bindAddress: node.address,
    healthzBindAddress: `${node.address}:${proxyHealthPort}`,
    metricsBindAddress: "127.0.0.1:10249",
    clusterCIDR: layout.podCidr,
    clientConnection: { kubeconfig: path.join(node.dir, "kube-proxy.kubeconfig") },
    // The connection table belongs to the host; a network namespace may not resize it.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    iptables: { syncPeriod: "30s", minSyncPeriod: "100ms" },
  };
}
