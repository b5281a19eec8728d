import { isMap, type Value } from "../rpc/values";
import { type GroupVersionKind, gvkOf, isConfigMap, isSecret, type KubeObject } from "./objects";

/** Where in an object: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** Which objects may change in place although the official provider by default replaces them. */
export interface ReplacementOptions {
  readonly enableSecretMutable: boolean;
  readonly enableConfigMapMutable: boolean;
}

/**
 * Fields whose change replaces an object of this kind, as dotted paths with `*` for the items of a list. The table is the official
 * provider's. It is shorter than what the API server holds immutable: a change of another immutable field fails, as it does there.
 */
export function replacingFields(object: KubeObject, options: ReplacementOptions): string[] {
  return ["metadata.name", "metadata.namespace", ...fieldsOfKind(object, options)];
}

function fieldsOfKind(object: KubeObject, options: ReplacementOptions): readonly string[] {
  const immutable = object.immutable === true;
  if (isSecret(object)) {
    return options.enableSecretMutable && !immutable ? ["type"] : ["type", "stringData", "data"];
  }
  if (isConfigMap(object)) {
    return options.enableConfigMapMutable && !immutable ? [] : ["binaryData", "data"];
  }
  return table[tableKey(gvkOf(object))] ?? [];
}

function tableKey({ group, kind }: GroupVersionKind): string {
  return group ? `${group}/${kind}` : kind;
}

const containerFields = [
  ...[
    "args",
    "command",
    "env",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "ports",
    "readinessProbe",
    "resources",
  ],
  ...[
    "securityContext",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
  ],
  ...["volumeMounts", "workingDir"],
];

const podFields = [
  ...[
    "affinity",
    "automountServiceAccountToken",
    "dnsConfig",
    "dnsPolicy",
    "enableServiceLinks",
    "hostAliases",
    "hostIPC",
  ],
  ...[
    "hostNetwork",
    "hostPID",
    "hostname",
    "imagePullSecrets",
    "nodeName",
    "nodeSelector",
    "overhead",
    "preemptionPolicy",
  ],
  ...[
    "priority",
    "priorityClassName",
    "readinessGates",
    "restartPolicy",
    "runtimeClassName",
    "schedulerName",
    "securityContext",
  ],
  ...[
    "serviceAccount",
    "serviceAccountName",
    "shareProcessNamespace",
    "subdomain",
    "terminationGracePeriodSeconds",
    "volumes",
  ],
  ...["containers", "initContainers"].flatMap((list) => containerFields.map((field) => `${list}.*.${field}`)),
];

const volumeSources = [
  ...["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"],
  ...["gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume"],
  ...["quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
];

const statefulSetFields = [
  "podManagementPolicy",
  "revisionHistoryLimit",
  "selector",
  "serviceName",
  "volumeClaimTemplates",
];

const table: Readonly<Record<string, readonly string[]>> = {
  "apps/DaemonSet": ["spec.selector"],
  "apps/Deployment": ["spec.selector"],
  "apps/StatefulSet": statefulSetFields.map((field) => `spec.${field}`),
  "batch/Job": ["completions", "parallelism", "selector", "template"].map((field) => `spec.${field}`),
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
  PersistentVolume: volumeSources.map((source) => `spec.${source}`),
  PersistentVolumeClaim: ["accessModes", "selector", "storageClassName", "volumeName"].map((field) => `spec.${field}`),
  Pod: podFields.map((field) => `spec.${field}`),
  ResourceQuota: ["spec.scopes"],
  Service: ["spec.clusterIP"],
};

/**
 * Whether a change at `path` to `value` touches a replacing field: it is at or below the field, or it brings a whole subtree that
 * holds the field. `undefined` stands for a deletion, which touches only what is at or below the path.
 */
export function touches(field: string, path: Path, value: Value | undefined): boolean {
  const segments = field.split(".");
  for (const [index, segment] of segments.entries()) {
    if (index === path.length) return value !== undefined && holds(value, segments.slice(index));
    if (segment !== "*" && segment !== path[index]) return false;
  }
  return true;
}

function holds(value: Value, [segment, ...rest]: readonly string[]): boolean {
  if (segment === undefined) return true;
  if (segment === "*") return Array.isArray(value) && value.some((item) => holds(item, rest));
  return isMap(value) && segment in value && holds(value[segment] ?? null, rest);
}
