import * as path from "node:path";
import { makePrivateDir, writePrivateFile } from "../state";
import { writeKubeconfig } from "./kubeconfig";
import { type ClusterLayout, clusterDomain } from "./layout";
import { type Agent, installAgent } from "./machine";

/** Agents that serve the API. They come first. */
export const apiAgents = ["etcd", "kube-apiserver"] as const;

/** Agents that are clients of the API. */
export const controllerAgents = ["kube-controller-manager", "kube-scheduler", "volume-provisioner"] as const;

/** URL in the tokens of service accounts; pods find the keys below it. */
export const serviceAccountIssuer = `https://kubernetes.default.svc.${clusterDomain}`;

/** Seconds of silence after which a node counts as lost. Kubernetes has 50; a test of a node's loss should not wait for that. */
export const nodeMonitorGracePeriod = 12;

/**
 * Writes the configuration and the executables of the control plane.
 * @param tools folder of the programs
 * @param volumeProvisioner bundled volume provisioner, a JavaScript file
 */
export function installControlPlane(layout: ClusterLayout, tools: string, volumeProvisioner: string): void {
  const { dir } = layout.controlPlane;
  makePrivateDir(dir);
  for (const identity of controllerAgents) writeKubeconfig(layout, identity, kubeconfigOf(dir, identity));
  writePrivateFile(path.join(dir, "authentication.yaml"), authenticationConfiguration());
  writePrivateFile(path.join(dir, "scheduler.yaml"), schedulerConfiguration(kubeconfigOf(dir, "kube-scheduler")));
  const agents = [
    etcd(dir, tools),
    apiServer(layout, tools),
    controllerManager(layout, tools),
    scheduler(dir, tools),
    provisioner(layout, volumeProvisioner),
  ];
  for (const agent of agents) installAgent(layout.controlPlane, agent);
}

function etcd(dir: string, tools: string): Agent {
  const client = "http://127.0.0.1:2379"; // of the control plane's own network namespace: nobody else reaches it
  return {
    name: "etcd",
    command: [
      path.join(tools, "etcd"),
      ...["--data-dir", path.join(dir, "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", "http://127.0.0.1:2380", "--log-level", "warn"],
      // The data need to survive the death of every process, not of the host: the page cache is enough.
      "--unsafe-no-fsync",
    ],
  };
}

function apiServer(layout: ClusterLayout, tools: string): Agent {
  const { address, dir } = layout.controlPlane;
  const pki = (file: string) => path.join(layout.pki, file);
  return {
    name: "kube-apiserver",
    command: [
      path.join(tools, "kube-apiserver"),
      ...["--etcd-servers=http://127.0.0.1:2379", `--encryption-provider-config=${pki("encryption.yaml")}`],
      ...[`--bind-address=${address}`, `--advertise-address=${address}`, "--secure-port=6443"],
      ...[`--tls-cert-file=${pki("kube-apiserver.crt")}`, `--tls-private-key-file=${pki("kube-apiserver.key")}`],
      ...[`--client-ca-file=${pki("ca.crt")}`, `--authentication-config=${path.join(dir, "authentication.yaml")}`],
      ...["--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--allow-privileged=true"],
      ...[`--service-account-issuer=${serviceAccountIssuer}`],
      ...[`--service-account-jwks-uri=${serviceAccountIssuer}/openid/v1/jwks`],
      ...[`--service-account-key-file=${pki("service-account.pub")}`],
      ...[`--service-account-signing-key-file=${pki("service-account.key")}`],
      ...[`--service-cluster-ip-range=${layout.serviceCidr}`, "--kubelet-preferred-address-types=InternalIP"],
      ...[`--kubelet-certificate-authority=${pki("ca.crt")}`],
      ...[`--kubelet-client-certificate=${pki("apiserver-kubelet-client.crt")}`],
      ...[`--kubelet-client-key=${pki("apiserver-kubelet-client.key")}`, "--profiling=false"],
    ],
    files: [path.join(dir, "authentication.yaml"), pki("kube-apiserver.crt"), pki("encryption.yaml")],
  };
}

function controllerManager(layout: ClusterLayout, tools: string): Agent {
  const { dir } = layout.controlPlane;
  return {
    name: "kube-controller-manager",
    command: [
      path.join(tools, "kube-controller-manager"),
      ...[`--kubeconfig=${kubeconfigOf(dir, "kube-controller-manager")}`, "--bind-address=127.0.0.1"],
      ...["--leader-elect=false", "--use-service-account-credentials=true", "--profiling=false"],
      ...["--kube-api-qps=200", "--kube-api-burst=400"],
      `--service-account-private-key-file=${path.join(layout.pki, "service-account.key")}`,
      `--root-ca-file=${path.join(layout.pki, "ca.crt")}`,
      `--node-monitor-grace-period=${nodeMonitorGracePeriod}s`,
    ],
    files: [kubeconfigOf(dir, "kube-controller-manager")],
  };
}

function scheduler(dir: string, tools: string): Agent {
  return {
    name: "kube-scheduler",
    command: [
      path.join(tools, "kube-scheduler"),
      ...[`--config=${path.join(dir, "scheduler.yaml")}`, "--bind-address=127.0.0.1"],
    ],
    files: [path.join(dir, "scheduler.yaml"), kubeconfigOf(dir, "kube-scheduler")],
  };
}

function provisioner(layout: ClusterLayout, script: string): Agent {
  const kubeconfig = kubeconfigOf(layout.controlPlane.dir, "volume-provisioner");
  return {
    name: "volume-provisioner",
    command: [process.execPath, "--max-old-space-size=64", script],
    files: [script, kubeconfig],
    env: {
      KUBECONFIG: kubeconfig,
      VOLUME_FOLDERS: JSON.stringify(Object.fromEntries(layout.nodes.map((node) => [node.name, node.volumes]))),
    },
  };
}

/** Who has no certificate and no token may ask for the server's health, nothing else. */
function authenticationConfiguration(): string {
  return JSON.stringify({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "AuthenticationConfiguration",
    anonymous: { enabled: true, conditions: [{ path: "/livez" }, { path: "/readyz" }, { path: "/healthz" }] },
  });
}

function schedulerConfiguration(kubeconfig: string): string {
  return JSON.stringify({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig, qps: 200, burst: 400 },
    leaderElection: { leaderElect: false },
    enableProfiling: false,
  });
}

function kubeconfigOf(dir: string, identity: string): string {
  return path.join(dir, `${identity}.kubeconfig`);
}
