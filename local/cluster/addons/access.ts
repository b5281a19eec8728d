import type { KubernetesObject } from "@kubernetes/client-node";

/** What the identities of this cluster may do that Kubernetes does not know of by itself. */
export function accessObjects(): KubernetesObject[] {
  return [
    binding("nats-platform:apiserver-kubelet-client", "system:kubelet-api-admin", "kube-apiserver-kubelet-client"),
    ...role("nats-platform:volume-provisioner", [
      rule("", ["persistentvolumes"], ["get", "list", "watch", "create", "delete"]),
      rule("", ["persistentvolumeclaims"], ["get", "list", "watch"]),
    ]),
    ...role("nats-platform:calico", calicoRules),
  ];
}

/** What Felix reads for policy, and what the CNI plugin reads and writes for a pod it wires. */
const calicoRules = [
  rule("", ["pods", "nodes", "namespaces", "serviceaccounts", "services"], ["get", "list", "watch"]),
  rule("", ["pods/status"], ["patch"]),
  rule("discovery.k8s.io", ["endpointslices"], ["list", "watch"]),
  rule("networking.k8s.io", ["networkpolicies"], ["list", "watch"]),
  rule("policy.networking.k8s.io", ["adminnetworkpolicies", "baselineadminnetworkpolicies"], ["list", "watch"]),
  rule("crd.projectcalico.org", ["*"], ["get", "list", "watch"]),
];

interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

function rule(apiGroup: string, resources: string[], verbs: string[]): Rule {
  return { apiGroups: [apiGroup], resources, verbs };
}

/** A role and its binding to the user of the same name. */
function role(name: string, rules: Rule[]): KubernetesObject[] {
  const clusterRole = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules };
  return [clusterRole as KubernetesObject, binding(name, name, name)];
}

function binding(name: string, clusterRole: string, user: string): KubernetesObject {
  const object = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
  };
  return object as KubernetesObject;
}
