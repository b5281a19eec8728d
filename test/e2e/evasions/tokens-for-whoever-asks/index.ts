import * as k8s from "@pulumi/kubernetes";

/** Who may have tokens made for a tenant's ServiceAccount is that tenant. */
export const refusedBy = "tenant-access";

export function program(): void {
  new k8s.rbac.v1.Role("deployer", {
    metadata: { name: "deployer", namespace: "vrsky-tenants" },
    rules: [{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] }],
  });
}
