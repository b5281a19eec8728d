import type { V1ConfigMap, V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import { clientLabel } from "../components/labels";
import { restrictedContainer, restrictedPod } from "../components/pod-security";

/** What a program that runs in the cluster for a while consists of. */
export interface ProgramManifestArgs {
  /** Name of every object of it: a DNS label. */
  readonly name: string;
  readonly namespace: string;
  /** Who started it, see {@link ownerAnnotation}. */
  readonly owner: string;
  /** The program: one CommonJS file. */
  readonly code: string;
  /** Image with `node`. */
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Secrets to mount by folder below {@link credsDir}. One that is missing leaves its folder empty. */
  readonly credsSecrets: Readonly<Record<string, string>>;
  /** Secret with `ca.crt` to mount at {@link caFile}. */
  readonly caSecret?: string;
  /** A client of the platform may reach its client and leaf node ports; any other pod may not. */
  readonly client: boolean;
  /** Labels of the pod beside those that every program has. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it has {@link openEgress}. */
  readonly openEgress: boolean;
  /** Most it may take. Bursts are short, so a limit on CPU is only for namespaces whose quota demands one. */
  readonly limits: { readonly cpu?: string; readonly memory: string };
  /** The only node to run on. */
  readonly nodeName?: string;
  /** A node not to run on. */
  readonly antiAffinityNode?: string;
  /** Seconds after which Kubernetes ends it. */
  readonly deadlineSeconds: number;
}

/** Folder in the container with one folder per creds Secret. */
export const credsDir = "/creds";

/** Authority of the servers' certificates in the container. */
export const caFile = "/ca/ca.crt";

/** Marks the objects of such programs; its value is the program's {@link ProgramManifestArgs.name}. */
export const programLabel = "nats-platform/program";

/** `<host>/<process id>` of the command that started the program and will remove it. */
export const ownerAnnotation = "nats-platform/started-by";

/** Name of the program's container. */
export const containerName = "program";

const codeDir = "/program";
const codeFile = "program.cjs";

/** The ConfigMap that carries the program's code. */
export function programConfigMap(args: ProgramManifestArgs): V1ConfigMap {
  return { metadata: metadata(args), data: { [codeFile]: args.code } };
}

/** The Pod that runs it: no privilege, no Kubernetes token, nothing writable. */
export function programPod(args: ProgramManifestArgs): V1Pod {
  const volumes = programVolumes(args);
  return {
    metadata: metadata(args, { ...args.labels, ...(args.client ? clientLabel : {}) }),
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: args.deadlineSeconds,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod,
      ...nodeAffinity(args),
      containers: [
        {
          name: containerName,
          image: args.image,
          command: ["node", `${codeDir}/${codeFile}`],
          env: Object.entries(args.env).map(([name, value]) => ({ name, value })),
          resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { ...args.limits } },
          securityContext: {
            ...restrictedContainer,
            capabilities: { drop: [...restrictedContainer.capabilities.drop] },
          },
          volumeMounts: volumes.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
        },
      ],
      volumes: volumes.map(({ name, source }) => ({ name, ...source })),
    },
  };
}

/** Lets a program send anywhere, whatever other policies say, so that whether it is heard is up to the receiver's. */
export function openEgress(args: ProgramManifestArgs): V1NetworkPolicy {
  return {
    metadata: metadata(args),
    spec: { podSelector: { matchLabels: { [programLabel]: args.name } }, policyTypes: ["Egress"], egress: [{}] },
  };
}

function metadata(args: ProgramManifestArgs, labels: Readonly<Record<string, string>> = {}) {
  return {
    name: args.name,
    namespace: args.namespace,
    labels: { "app.kubernetes.io/part-of": "nats-platform", [programLabel]: args.name, ...labels },
    annotations: { [ownerAnnotation]: args.owner },
  };
}

function programVolumes(args: ProgramManifestArgs) {
  const creds = Object.entries(args.credsSecrets).map(([folder, secretName]) => ({
    name: `creds-${folder}`,
    mountPath: `${credsDir}/${folder}`,
    // Optional: a missing Secret is for the program to report, not a pod that never starts.
    source: { secret: { secretName, optional: true, defaultMode: 0o440 } },
  }));
  const ca = args.caSecret
    ? [
        {
          name: "ca",
          mountPath: caFile.slice(0, caFile.lastIndexOf("/")),
          source: { secret: { secretName: args.caSecret, optional: true, items: [{ key: "ca.crt", path: "ca.crt" }] } },
        },
      ]
    : [];
  return [{ name: "program", mountPath: codeDir, source: { configMap: { name: args.name } } }, ...creds, ...ca];
}

function nodeAffinity({ nodeName, antiAffinityNode }: ProgramManifestArgs) {
  const expressions = [
    ...(nodeName ? [{ key: "kubernetes.io/hostname", operator: "In", values: [nodeName] }] : []),
    ...(antiAffinityNode ? [{ key: "kubernetes.io/hostname", operator: "NotIn", values: [antiAffinityNode] }] : []),
  ];
  if (!expressions.length) return {};
  const nodeSelectorTerms = [{ matchExpressions: expressions }];
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}
