import * as fs from "node:fs";
import * as path from "node:path";
import { pauseImage } from "../images";
import type { Machine, NodeMachine } from "./layout";

/** Socket of a machine's containerd, as the machine sees it. */
export const containerdSocket = "/run/containerd/containerd.sock";

/** Where Felix tells the CNI plugin which pods have their policies in force. Its parent must exist when a node starts. */
export const endpointStatusDir = "/run/endpoint-status";

/** containerd's configuration on a machine, TOML. What it stores is in the machine's folder, its sockets in the machine's own /run. */
export function containerdConfiguration(machine: Machine, tools: string): string {
  return `version = 3
root = ${toml(path.join(machine.dir, "containerd"))}
state = "/run/containerd"
oom_score = 0
disabled_plugins = [
  "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.nri.v1.nri",
]

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = ${toml(pauseImage)}

[plugins.'io.containerd.cri.v1.runtime']
  # A profile would stay loaded in the host's kernel when the cluster is gone.
  disable_apparmor = true
  restrict_oom_score_adj = ${!mayLowerOomScore()}

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = [${toml(tools)}]
  conf_dir = ${toml(path.join(machine.dir, "cni"))}
`;
}

/** CNI configuration of a node: addresses from its own network, wiring and policy by Calico. */
export function cniConfiguration(node: NodeMachine, kubeconfig: string): string {
  const calico = {
    type: "calico",
    datastore_type: "kubernetes",
    nodename: node.name,
    nodename_file_optional: true,
    log_level: "warning",
    log_file_path: path.join(node.logs, "cni.log"),
    // A pod starts once the policies on it are in force, not a moment before.
    policy_setup_timeout_seconds: 10,
    endpoint_status_dir: endpointStatusDir,
    ipam: {
      type: "host-local",
      dataDir: path.join(node.dir, "ipam"),
      ranges: [[{ subnet: node.podCidr }]],
      routes: [{ dst: "0.0.0.0/0" }],
    },
    policy: { type: "k8s" },
    kubernetes: { kubeconfig },
  };
  const portmap = { type: "portmap", capabilities: { portMappings: true } };
  return JSON.stringify({ cniVersion: "0.3.1", name: "pods", plugins: [calico, portmap] }, undefined, 2);
}

/**
 * Whether processes here may lower their OOM score (CAP_SYS_RESOURCE). Without it runc dies of trying, with "can't get final
 * child's PID from pipe: EOF", unless containerd keeps the scores it asks for within what is allowed.
 */
export function mayLowerOomScore(status = fs.readFileSync("/proc/self/status", "utf8")): boolean {
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(status)?.[1];
  const capSysResource = 24n;
  return effective !== undefined && ((BigInt(`0x${effective}`) >> capSysResource) & 1n) === 1n;
}

function toml(text: string): string {
  return JSON.stringify(text); // TOML's basic strings are escaped like JSON's
}
