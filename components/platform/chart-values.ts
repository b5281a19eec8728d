import { observerInboxPrefix } from "../identity/platform-users";
import { clientLabel } from "../labels";
import { restrictedPod } from "../pod-security";
import { ports } from "./ports";
import { image, type ServerValuesArgs, serverValues, sidecar, storageClass } from "./server-values";

/** What the values of the `nats` chart depend on. All of it is plain configuration: no secret, nothing generated. */
export interface ChartValuesArgs extends ServerValuesArgs {
  /** Number of servers: odd, at least 3 (Raft needs a majority). */
  readonly replicas: number;
  /** Size of the volume that holds account JWTs, per server. */
  readonly resolverSize: string;
  /** Accept leaf nodes on 7422. */
  readonly leafnodes: boolean;
  /** Create a PodMonitor for the Prometheus Operator, whose CRDs must then exist. */
  readonly podMonitor: boolean;
  /** Run nats-box, a Deployment with the `nats` CLI and the observer's creds. */
  readonly natsBox: boolean;
  /** `hard` never puts two servers on one node; `soft` only prefers not to. */
  readonly topologySpread: "hard" | "soft";
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

/**
 * Values of the official `nats` chart, 2.14.2, for the platform's cluster of servers.
 * They are the same for two deployments of the same configuration, and free of secrets: keys and JWTs come in through a Secret
 * that the configuration includes, so that values can be reviewed, recorded and compared.
 * @see https://github.com/nats-io/k8s/blob/main/helm/charts/nats/values.yaml
 */
export function chartValues(args: ChartValuesArgs) {
  const server = serverValues(args);
  return {
    ...server,
    config: {
      ...server.config,
      cluster: {
        enabled: true,
        replicas: args.replicas,
        merge: { name: "nats-core" },
        ...tls(args.tls.cluster),
      },
      nats: { ...tls(args.tls.client) },
      leafnodes: { enabled: args.leafnodes, port: ports.leafnode, ...tls(args.tls.leafnodes) },
      resolver: {
        enabled: true,
        pvc: { enabled: true, size: args.resolverSize, ...storageClass(args) },
        // The chart renders `dir` only. `full`: every server holds every account, and accounts are pushed, not looked up.
        merge: { type: "full", allow_delete: true, interval: "2m", limit: 10_000 },
      },
    },
    tlsCA: args.tls.ca ? { enabled: true, secretName: args.tls.ca } : { enabled: false },
    promExporter: { ...server.promExporter, podMonitor: { enabled: args.podMonitor } },
    podTemplate: {
      ...server.podTemplate,
      topologySpreadConstraints: {
        "kubernetes.io/hostname": {
          maxSkew: 1,
          whenUnsatisfiable: args.topologySpread === "hard" ? "DoNotSchedule" : "ScheduleAnyway",
        },
        "topology.kubernetes.io/zone": { maxSkew: 1, whenUnsatisfiable: "ScheduleAnyway" },
      },
    },
    podDisruptionBudget: { enabled: true },
    natsBox: natsBox(args),
  };
}

function tls(secretName: string | undefined) {
  return secretName ? { tls: { enabled: true, secretName } } : {};
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
