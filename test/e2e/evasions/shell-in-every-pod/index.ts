import * as k8s from "@pulumi/kubernetes";

/** A ClusterRole that every cluster has runs commands in pods wherever it is bound. */
export const refusedBy = "tenant-access";

export function program(): void {
  new k8s.rbac.v1.RoleBinding("developers", {
    metadata: { name: "developers", namespace: "vrsky-tenants" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "edit" },
    subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "developers" }],
  });
}
