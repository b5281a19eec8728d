import type { Images } from "../images";
import { restrictedContainer, restrictedPod } from "../pod-security";
import { goMemoryLimit } from "../units";
import { names, ports } from "./ports";

/** CPU and memory of one container, as Kubernetes takes them. */
export interface ContainerResources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** What the values of the `nats` chart depend on, whatever the servers are for. */
export interface ServerValuesArgs {
  /** JetStream's stores per server; undefined turns JetStream off. Sizes such as `10Gi`. */
  readonly jetstream?: { readonly fileSize: string; readonly memorySize: string };
  /** StorageClass of all volumes. @default the cluster's own default */
  readonly storageClass?: string;
  /** Run the Prometheus exporter (7777) beside each server. */
  readonly metrics: boolean;
  /** CPU and memory of each server. */
  readonly resources: ContainerResources;
  readonly images: Images;
}

/** Folder of the Secret with who may log in, in the server's container. */
const authDir = "/etc/nats-auth";

/** The part of the chart's values that servers of every kind have: pods, probes, JetStream, monitoring, and the Secret with who may log in. */
export function serverValues(args: ServerValuesArgs) {
  return {
    config: {
      jetstream: jetstream(args),
      monitor: { enabled: true, port: ports.monitoring },
      merge: { $include: `..${authDir.replace("/etc", "")}/auth.conf` },
    },
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
    },
    podTemplate: {
      merge: { spec: { automountServiceAccountToken: false, securityContext: restrictedPod } },
      patch: [
        { op: "add", path: "/spec/volumes/-", value: { name: "auth", secret: { secretName: names.authSecret } } },
      ],
    },
  };
}

function jetstream(args: ServerValuesArgs) {
  if (!args.jetstream) return { enabled: false };
  return {
    enabled: true,
    fileStore: { enabled: true, pvc: { enabled: true, size: args.jetstream.fileSize, ...storageClass(args) } },
    memoryStore: { enabled: true, maxSize: args.jetstream.memorySize },
  };
}

/** A volume's class, if it is to have another than the cluster's default. */
export function storageClass(args: Pick<ServerValuesArgs, "storageClass">) {
  return args.storageClass ? { storageClassName: args.storageClass } : {};
}

/** A container's image, by its full name. */
export function image(fullImageName: string) {
  return { image: { fullImageName } };
}

/** What a container beside the server, or a small one, is given. */
export function sidecar() {
  return {
    resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { cpu: "200m", memory: "128Mi" } },
    securityContext: restrictedContainer,
  };
}
