import { observerInboxPrefix } from "../identity/platform-users";
import type { Images } from "../images";
import { clientLabel } from "../labels";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { goMemoryLimit } from "../units";
import { names, ports } from "./ports";

/** CPU and memory of one container, as Kubernetes takes them. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** What the values of the `nats` chart depend on. All of it is plain configuration: no secret, nothing generated. */
export interface ChartValuesArgs {
  /** Number of servers: odd, at least 3 (Raft needs a majority). */
  readonly replicas: number;
  /** JetStream's stores per server; undefined turns JetStream off. Sizes such as `10Gi`. */
  readonly jetstream?: { readonly fileSize: string; readonly memorySize: string };
  /** Size of the volume that holds account JWTs, per server. */
  readonly resolverSize: string;
  /** StorageClass of both volumes. @default the cluster's own default */
  readonly storageClass?: string;
  /** Accept leaf nodes on 7422. */
  readonly leafnodes: boolean;
  /** Run the Prometheus exporter (7777) beside each server. */
  readonly metrics: boolean;
  /** Create a PodMonitor for the Prometheus Operator, whose CRDs must then exist. */
  readonly podMonitor: boolean;
  /** Run nats-box, a Deployment with the `nats` CLI and the observer's creds. */
  readonly natsBox: boolean;
  /** `hard` never puts two servers on one node; `soft` only prefers not to. */
  readonly topologySpread: "hard" | "soft";
  /** CPU and memory of each server. */
  readonly resources: ContainerResources;
  readonly images: Images;
  /** Existing `kubernetes.io/tls` Secrets for each port, and one with `ca.crt`. A port without one is in the clear. */
  readonly tls: TlsSecrets;
}

/** Names of existing Secrets in the platform's namespace. */
export interface TlsSecrets {
  readonly client?: string;
  readonly cluster?: string;
  readonly leafnodes?: string;
  readonly ca?: string;
}

/** Folder of the Secret with operator, accounts and sentinel in the server's container. */
const authDir = "/etc/nats-auth";

/**
 * Values of the official `nats` chart, 2.14.2.
 * They are the same for two deployments of the same configuration, and free of secrets: keys and JWTs come in through a Secret
 * that the configuration includes, so that values can be reviewed, recorded and compared.
 * @see https://github.com/nats-io/k8s/blob/main/helm/charts/nats/values.yaml
 */
export function chartValues(args: ChartValuesArgs) {
  return {
    config: {
      cluster: {
        enabled: true,
        replicas: args.replicas,
        merge: { name: "nats-core" },
        ...tls(args.tls.cluster),
      },
      nats: { ...tls(args.tls.client) },
      jetstream: jetstream(args),
      leafnodes: { enabled: args.leafnodes, port: ports.leafnode, ...tls(args.tls.leafnodes) },
      monitor: { enabled: true, port: ports.monitoring },
      resolver: {
        enabled: true,
        pvc: { enabled: true, size: args.resolverSize, ...storageClass(args) },
        // The chart renders `dir` only. `full`: every server holds every account, and accounts are pushed, not looked up.
        merge: { type: "full", allow_delete: true, interval: "2m", limit: 10_000 },
      },
      merge: { $include: `..${authDir.replace("/etc", "")}/auth.conf` },
    },
    tlsCA: args.tls.ca ? { enabled: true, secretName: args.tls.ca } : { enabled: false },
    container: {
      ...image(args.images.server),
      env: { GOMEMLIMIT: goMemoryLimit(args.resources.limits.memory) },
      merge: {
        resources: args.resources,
        securityContext: restrictedContainer,
        // The chart waits 10 s before it asks and between two questions; the same 15 minutes of patience, asked sooner.
        startupProbe: { initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 450 },
        readinessProbe: { initialDelaySeconds: 1, periodSeconds: 5 },
      },
      patch: [{ op: "add", path: "/volumeMounts/-", value: { name: "auth", mountPath: authDir, readOnly: true } }],
    },
    reloader: { enabled: true, ...image(args.images.reloader), merge: sidecar() },
    promExporter: {
      enabled: args.metrics,
      ...image(args.images.exporter),
      port: ports.metrics,
      merge: sidecar(),
      podMonitor: { enabled: args.podMonitor },
    },
    podTemplate: {
      topologySpreadConstraints: {
        "kubernetes.io/hostname": {
          maxSkew: 1,
          whenUnsatisfiable: args.topologySpread === "hard" ? "DoNotSchedule" : "ScheduleAnyway",
        },
        "topology.kubernetes.io/zone": { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
      },
      merge: { spec: { automountServiceAccountToken: false, securityContext: restrictedPod } },
      patch: [
        { op: "add", path: "/spec/volumes/-", value: { name: "auth", secret: { secretName: names.authSecret } } },
      ],
    },
    podDisruptionBudget: { enabled: true },
    natsBox: natsBox(args),
  };
}

function jetstream(args: ChartValuesArgs) {
  if (!args.jetstream) return { enabled: false };
  return {
    enabled: true,
    fileStore: { enabled: true, pvc: { enabled: true, size: args.jetstream.fileSize, ...storageClass(args) } },
    memoryStore: { enabled: true, maxSize: args.jetstream.memorySize },
  };
}

function storageClass(args: ChartValuesArgs) {
  return args.storageClass ? { storageClassName: args.storageClass } : {};
}

function image(fullImageName: string) {
  return { image: { fullImageName } };
}

function tls(secretName: string | undefined) {
  return secretName ? { tls: { enabled: true, secretName } } : {};
}

function sidecar() {
  return {
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
    securityContext: restrictedContainer,
  };
}

function natsBox(args: ChartValuesArgs) {
  if (!args.natsBox) return { enabled: false };
  return {
    enabled: true,
    contexts: {
      default: { creds: { secretName: "nats-observer-creds" }, merge: { inbox_prefix: observerInboxPrefix } },
    },
    container: {
      ...image(args.images.natsBox),
      // The CLI keeps its contexts under its home, and the root filesystem is read-only.
      env: { HOME: "/tmp", XDG_CONFIG_HOME: "/tmp/config" },
      merge: sidecar(),
      patch: [{ op: "add", path: "/volumeMounts/-", value: { name: "tmp", mountPath: "/tmp" } }],
    },
    podTemplate: {
      merge: {
        metadata: { labels: clientLabel },
        spec: { automountServiceAccountToken: false, securityContext: restrictedPod },
      },
      patch: [{ op: "add", path: "/spec/volumes/-", value: { name: "tmp", emptyDir: {} } }],
    },
  };
}
