import * as https from "node:https";
import { Writable } from "node:stream";
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  NetworkingV1Api,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";
import { waitFor } from "../../local/cluster/wait";
import { natsBoxImage } from "../../local/images";

/** Namespace of everything the tests make. */
export const namespace = "cluster-test";

const labels = { app: "web" };

/** A small workload that uses all a cluster offers: volumes, Services, DNS, policies, tokens of service accounts. */
export class Workload {
  readonly core: CoreV1Api;
  readonly networking: NetworkingV1Api;
  private readonly apps: AppsV1Api;
  private readonly exec: Exec;
  private readonly config = new KubeConfig();

  constructor(kubeconfig: string) {
    const { config } = this;
    config.loadFromFile(kubeconfig);
    this.core = config.makeApiClient(CoreV1Api);
    this.networking = config.makeApiClient(NetworkingV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.exec = new Exec(config);
  }

  /** Three web servers, one a node, each with a volume of its own, in a namespace that admits only restricted pods. */
  async create(): Promise<void> {
    await this.core.createNamespace({
      body: { metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    });
    await this.core.createNamespacedService({
      namespace,
      body: {
        metadata: { name: "web" },
        spec: { selector: labels, ports: [{ port: 8080 }], clusterIP: "None", publishNotReadyAddresses: true },
      },
    });
    await this.core.createNamespacedService({
      namespace,
      body: { metadata: { name: "web-any" }, spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] } },
    });
    await this.apps.createNamespacedStatefulSet({
      namespace,
      body: {
        metadata: { name: "web" },
        spec: {
          serviceName: "web",
          replicas: 3,
          podManagementPolicy: "Parallel",
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: podSpec() },
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
            },
          ],
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
        },
      },
    });
    await this.untilReady(3);
  }

  /** Deletes it with its volumes. */
  async delete(): Promise<void> {
    await this.core.deleteNamespace({ name: namespace });
  }

  /** What the API server answers to the bearer of a token. */
  async get(url: string, token: string): Promise<string> {
    const { server, caData = "" } = this.config.getCurrentCluster() ?? {};
    return new Promise((resolve, reject) => {
      const options = { ca: Buffer.from(caData, "base64"), headers: { Authorization: `Bearer ${token}` } };
      https
        .get(`${server}${url}`, options, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (chunk: string) => {
            body += chunk;
          });
          response.once("end", () => (response.statusCode === 200 ? resolve(body) : reject(new Error(body))));
        })
        .once("error", reject);
    });
  }

  async pods(): Promise<V1Pod[]> {
    const { items } = await this.core.listNamespacedPod({ namespace, labelSelector: "app=web" });
    return items;
  }

  /** Waits for a number of servers to be Ready. */
  async untilReady(count: number): Promise<void> {
    await waitFor(
      async () => {
        const ready = (await this.pods()).filter(isReady).length;
        return ready === count ? undefined : `${ready} of ${count} are Ready`;
      },
      { what: "web servers", timeoutMs: 90_000, intervalMs: 250 },
    );
  }

  /**
   * Runs a shell command in a server.
   * @returns what it printed, trimmed
   * @throws {Error} if it fails, with what it said
   */
  async run(pod: string, command: string): Promise<string> {
    const [out, err] = [new Collector(), new Collector()];
    const status = await new Promise<V1Status>((resolve, reject) => {
      const argv = ["sh", "-c", command];
      this.exec.exec(namespace, pod, "web", argv, out, err, null, false, resolve).catch(reject);
    });
    if (status.status === "Success") return out.text.trim();
    throw new Error(`\`${command}\` in ${pod}: ${err.text.trim() || status.message}`);
  }
}

/** Whether a pod is Ready and not about to go. */
export function isReady(pod: V1Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
  return ready && pod.metadata?.deletionTimestamp === undefined;
}

class Collector extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function podSpec() {
  return {
    terminationGracePeriodSeconds: 1,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "DoNotSchedule",
        labelSelector: { matchLabels: labels },
      },
    ],
    containers: [
      {
        name: "web",
        image: natsBoxImage,
        command: ["sh", "-c", "hostname > /data/name; exec httpd -f -p 8080 -h /data"],
        readinessProbe: { httpGet: { path: "/name", port: 8080 }, periodSeconds: 1 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "token", mountPath: "/token", readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "token", projected: { sources: [{ serviceAccountToken: { audience: "nats", path: "token" } }] } },
    ],
  };
}
