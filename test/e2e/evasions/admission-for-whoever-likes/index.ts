import * as k8s from "@pulumi/kubernetes";

/** The API server holds tenants to nothing once its policies are gone. */
export const refusedBy = "tenant-access";

export function program(): void {
  const apiGroups = ["admissionregistration.k8s.io"];
  new k8s.rbac.v1.ClusterRole("cleaner", {
    metadata: { name: "cleaner" },
    rules: [{ apiGroups, resources: ["*"], verbs: ["delete"] }],
  });
}
