/** Security contexts that satisfy PodSecurity `restricted`. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */

const enforced = "restricted";

/** On a namespace: pods that are not as restricted as below are refused. */
export const restrictedNamespaceLabels = {
  "pod-security.kubernetes.io/enforce": enforced,
  "pod-security.kubernetes.io/audit": enforced,
  "pod-security.kubernetes.io/warn": enforced,
} as const;

/** Every image we run works as this user; the number is what the chart's own images use for theirs. */
export const runAsUser = 1000;

/** Pod level: never root, files group-owned by the user, the runtime's seccomp profile. */
export const restrictedPod = {
  runAsNonRoot: true,
  runAsUser,
  runAsGroup: runAsUser,
  fsGroup: runAsUser,
  // Large JetStream volumes would otherwise be walked at every start.
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** Container level: no escalation, no capability, nothing written outside volumes. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
