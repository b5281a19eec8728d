import type { PodKind } from "../kernel/pods";

/** A DNS label, which is also what names of a tenant's objects are made of. */
export const tenantId = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** {@link tenantId} in words. */
export const tenantIdFormat = "a tenant's id: a-z, 0-9 and hyphens within, at most 63 characters";

/** A map of labels, beside that of the pods themselves, in which the tenant's id stands, or a selector by it. */
export interface LabelPlace {
  readonly path: readonly string[];
  readonly kinds: readonly PodKind[];
  /** Whether the id must be in it: always, where the map is there, or never; where it is, it must be that of the pods. */
  readonly need: "always" | "where there" | "never";
  /** It says which pods the object takes for its own. */
  readonly isSelector: boolean;
}

/** Where it stands in kinds that make pods and are not Kubernetes' own, as far as they are alike. */
export const customLabelPlaces: readonly Pick<LabelPlace, "path" | "need">[] = [
  { path: ["metadata", "labels"], need: "always" },
  { path: ["spec", "selector", "matchLabels"], need: "where there" },
];

/** Kinds whose pods are selected by labels of theirs. */
const selecting: readonly PodKind[] = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

/** Where the tenant's id stands in what makes pods, beside the labels of the pods. */
export const labelPlaces: readonly LabelPlace[] = [
  {
    path: ["metadata", "labels"],
    kinds: [...selecting, "ReplicationController", "PodTemplate", "Job", "CronJob"],
    need: "always",
    isSelector: false,
  },
  { path: ["spec", "jobTemplate", "metadata", "labels"], kinds: ["CronJob"], need: "never", isSelector: false },
  { path: ["spec", "selector", "matchLabels"], kinds: selecting, need: "always", isSelector: true },
  { path: ["spec", "selector"], kinds: ["ReplicationController"], need: "where there", isSelector: true },
  // Kubernetes selects a Job's pods by labels of its own.
  { path: ["spec", "selector", "matchLabels"], kinds: ["Job"], need: "never", isSelector: true },
];
