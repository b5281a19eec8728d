/** A kind of Kubernetes object that makes pods, or is one. */
export interface WorkloadKind {
  readonly kind: string;
  /** Type of the Pulumi resource. */
  readonly type: string;
  /** Where the pod template stands in the object; nowhere in a Pod, which is its own. */
  readonly template: readonly string[];
}

const ofSpec = ["spec", "template"] as const;

/** Every kind that can be wired. */
export const workloadKinds = {
  Deployment: { kind: "Deployment", type: "kubernetes:apps/v1:Deployment", template: ofSpec },
  StatefulSet: { kind: "StatefulSet", type: "kubernetes:apps/v1:StatefulSet", template: ofSpec },
  DaemonSet: { kind: "DaemonSet", type: "kubernetes:apps/v1:DaemonSet", template: ofSpec },
  ReplicaSet: { kind: "ReplicaSet", type: "kubernetes:apps/v1:ReplicaSet", template: ofSpec },
  Job: { kind: "Job", type: "kubernetes:batch/v1:Job", template: ofSpec },
  CronJob: {
    kind: "CronJob",
    type: "kubernetes:batch/v1:CronJob",
    template: ["spec", "jobTemplate", "spec", "template"],
  },
  Pod: { kind: "Pod", type: "kubernetes:core/v1:Pod", template: [] },
} as const satisfies Readonly<Record<string, WorkloadKind>>;

/** The kind of a Pulumi type; undefined for one that has no pods. */
export function kindOfType(type: string): WorkloadKind | undefined {
  return Object.values<WorkloadKind>(workloadKinds).find((one) => one.type === type);
}
