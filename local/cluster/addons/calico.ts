import type { KubernetesObject, V1CustomResourceDefinition, V1JSONSchemaProps } from "@kubernetes/client-node";

/** Kinds Felix watches, with their plural and whether they belong to a namespace. It is not ready before it could list each. */
const kinds: readonly (readonly [kind: string, plural: string, scope: "Cluster" | "Namespaced"])[] = [
  ["BGPConfiguration", "bgpconfigurations", "Cluster"],
  ["BGPPeer", "bgppeers", "Cluster"],
  ["ClusterInformation", "clusterinformations", "Cluster"],
  ["FelixConfiguration", "felixconfigurations", "Cluster"],
  ["GlobalNetworkPolicy", "globalnetworkpolicies", "Cluster"],
  ["GlobalNetworkSet", "globalnetworksets", "Cluster"],
  ["HostEndpoint", "hostendpoints", "Cluster"],
  ["IPAMBlock", "ipamblocks", "Cluster"],
  ["IPPool", "ippools", "Cluster"],
  ["NetworkPolicy", "networkpolicies", "Namespaced"],
  ["NetworkSet", "networksets", "Namespaced"],
  ["StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", "Cluster"],
  ["StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", "Namespaced"],
  ["StagedNetworkPolicy", "stagednetworkpolicies", "Namespaced"],
  ["Tier", "tiers", "Cluster"],
];

const policyKinds: typeof kinds = [
  ["AdminNetworkPolicy", "adminnetworkpolicies", "Cluster"],
  ["BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", "Cluster"],
];

/**
 * The resource definitions Felix watches. Their schemas are open: policy here is Kubernetes' own NetworkPolicy, and Calico's
 * 1.4 MB of schemas would cost the API server seconds at each start.
 */
export function calicoDefinitions(): V1CustomResourceDefinition[] {
  return [
    ...kinds.map(([kind, plural, scope]) => definition("crd.projectcalico.org", "v1", kind, plural, scope)),
    ...policyKinds.map(([kind, plural, scope]) =>
      definition("policy.networking.k8s.io", "v1alpha1", kind, plural, scope),
    ),
  ];
}

/** What tells Felix and the CNI plugin that the datastore may be used. */
export function calicoObjects(): KubernetesObject[] {
  const information = {
    apiVersion: "crd.projectcalico.org/v1",
    kind: "ClusterInformation",
    metadata: { name: "default" },
    spec: { clusterType: "k8s", datastoreReady: true },
  };
  return [information as KubernetesObject];
}

/** Without this the API server drops what it does not know. */
const open: V1JSONSchemaProps = { type: "object", x_kubernetes_preserve_unknown_fields: true };

function definition(
  group: string,
  version: string,
  kind: string,
  plural: string,
  scope: string,
): V1CustomResourceDefinition {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      // Kubernetes guards names below *.k8s.io; this says knowingly that the schema is not the reviewed one.
      ...(group.endsWith(".k8s.io")
        ? { annotations: { "api-approved.kubernetes.io": "unapproved, schema left open for the local cluster" } }
        : {}),
    },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: open, status: open } } },
        },
      ],
    },
  };
}
