import type { Mutable, Mutation } from "./cases";

/** Policies of kinds other than NetworkPolicy about the instances of acme: part of the proof of policy `tenant-ingress`. */

/** A policy of another sort beside the others: what all of them let in adds up. */
export const beside = (what: string, type: string, spec: object, says: RegExp, metadata: object = {}) => ({
  what,
  resource: "web-nats",
  change: (resource: Mutable) => {
    resource.type = `kubernetes:${type}`;
    resource.props = { metadata: { name: "extra", namespace: "vrsky-tenants", ...metadata }, spec };
  },
  says,
});
const named = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
const own = { podSelector: { matchLabels: { "tenant-id": "acme" } } };
const otherThan = (name: string) => ({
  matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [name] }],
});

const cilium = "cilium.io/v2:CiliumNetworkPolicy";
const acme = { matchLabels: { app: "nats", "tenant-id": "acme" } };
const toPorts = [{ ports: [{ port: "4222", protocol: "TCP" }] }];
const ciliumRule = (what: string, ingress: object, says: RegExp, type = cilium) =>
  beside(`a policy of Cilium with ${what}`, type, { endpointSelector: acme, ingress: [ingress] }, says);
const ciliumOwn = { fromEndpoints: [{ matchLabels: { "k8s:tenant-id": "acme" } }], toPorts };

const admin = "policy.networking.k8s.io/v1alpha1:AdminNetworkPolicy";
const adminPorts = [{ portNumber: { protocol: "TCP", port: 4222 } }];
const instances = { pods: { namespaceSelector: named("vrsky-tenants").namespaceSelector, podSelector: acme } };
const adminRule = (action: string, more: object = {}) => ({
  subject: instances,
  ingress: [{ action, from: [{ namespaces: {} }], ports: adminPorts, ...more }],
});

/** What they must not let in. */
export const othersMutations: readonly Mutation[] = [
  ciliumRule("no peers", { toPorts }, /spec\.ingress\[0\]\.fromEndpoints is missing/),
  ciliumRule("every pod", { fromEndpoints: [{}], toPorts }, /fromEndpoints\[0\] is \{\}/),
  ...["world", "all", "cluster"].map((entity) =>
    ciliumRule(
      `entity ${entity}`,
      { ...ciliumOwn, fromEntities: [entity] },
      new RegExp(`fromEntities is \\["${entity}"\\]; must let in nobody`),
    ),
  ),
  ciliumRule("addresses", { ...ciliumOwn, fromCIDR: ["0.0.0.0/0"] }, /fromCIDR is/),
  ciliumRule("addresses but some", { fromCIDRSet: [{ cidr: "0.0.0.0/0" }], toPorts }, /fromCIDRSet is/),
  ciliumRule("nodes", { fromNodes: [{}], toPorts }, /fromNodes is/),
  ciliumRule("no ports", { fromEndpoints: ciliumOwn.fromEndpoints }, /toPorts is missing; must name ports/),
  ciliumRule("ports that are none", { ...ciliumOwn, toPorts: [...toPorts, {}] }, /toPorts is .*; must name ports/),
  ciliumRule("every protocol", { ...ciliumOwn, toPorts: [{ ports: [{ port: "4222" }] }] }, /ports\[0\] is/),
  ciliumRule(
    "a range",
    { ...ciliumOwn, toPorts: [{ ports: [{ port: "4222", endPort: 9999, protocol: "TCP" }] }] },
    /toPorts\[0\]\.ports\[0\] is/,
  ),
  ciliumRule(
    "such pods of another namespace",
    {
      fromEndpoints: [{ matchLabels: { "k8s:tenant-id": "acme", "k8s:io.kubernetes.pod.namespace": "shop" } }],
      toPorts,
    },
    /fromEndpoints\[0\] is/,
  ),
  ciliumRule("the node itself", { fromEndpoints: [{ matchLabels: { "reserved:host": "" } }], toPorts }, /\[0\] is/),
  ciliumRule(
    "such pods of every namespace",
    ciliumOwn,
    /fromEndpoints\[0\] is/,
    "cilium.io/v2:CiliumClusterwideNetworkPolicy",
  ),
  {
    ...ciliumRule("a second list of rules", {}, /specs\[1\]\.ingress\[0\]\.fromEntities is \["world"\]/),
    change: (resource) => {
      resource.type = `kubernetes:${cilium}`;
      const specs = [ciliumOwn, { fromEntities: ["world"], toPorts }];
      resource.props = {
        metadata: { name: "extra", namespace: "vrsky-tenants" },
        specs: specs.map((one) => ({ endpointSelector: acme, ingress: [one] })),
      };
    },
  },
  beside("an AdminNetworkPolicy", admin, adminRule("Allow"), /from\[0\] is \{"namespaces":\{\}\}/),
  beside(
    "an AdminNetworkPolicy about all namespaces but one",
    admin,
    { ...adminRule("Allow"), subject: { namespaces: otherThan("nats") } },
    /from\[0\] is/,
  ),
  beside(
    "a BaselineAdminNetworkPolicy",
    "policy.networking.k8s.io/v1alpha1:BaselineAdminNetworkPolicy",
    adminRule("Allow"),
    /from\[0\] is/,
  ),
  beside(
    "a ClusterNetworkPolicy",
    "policy.networking.k8s.io/v1alpha2:ClusterNetworkPolicy",
    adminRule("Accept", { ports: [], protocols: [{ tcp: { destinationPort: { number: 4222 } } }] }),
    /from\[0\] is/,
  ),
  beside(
    "an AdminNetworkPolicy for all ports",
    admin,
    adminRule("Allow", { from: [instances], ports: [] }),
    /ports is \[\]; must name ports/,
  ),
  beside(
    "an AdminNetworkPolicy for a range",
    admin,
    adminRule("Allow", { from: [instances], ports: [{ portRange: { protocol: "TCP", start: 4222, end: 8222 } }] }),
    /ports\[0\] is .*; must be/,
  ),
  beside(
    "a policy of Calico",
    "projectcalico.org/v3:NetworkPolicy",
    { selector: "app == 'nats'", ingress: [{ action: "Allow" }] },
    /spec\.ingress\[0\] is \{"action":"Allow"\}; is of a kind that this policy does not read/,
  ),
  beside(
    "a policy of Calico about the whole cluster",
    "projectcalico.org/v3:GlobalNetworkPolicy",
    {
      selector: "!has(x)",
      namespaceSelector: "projectcalico.org/name == 'vrsky-tenants'",
      types: ["Ingress"],
      ingress: [{ action: "Pass" }],
    },
    /spec\.ingress\[0\] is/,
  ),
  {
    ...beside(
      "a profile of Calico, of pods by their namespace or ServiceAccount",
      "crd.projectcalico.org/v1:Profile",
      { ingress: [{ action: "Allow" }] },
      /spec\.ingress\[0\] is \{"action":"Allow"\}/,
    ),
    others: ["platform-clients"],
  },
  ...[{ types: ["Egress"] }, { selector: "app == 'x'" }, { namespaceSelector: "projectcalico.org/name == 'shop'" }].map(
    (decoy) => ({
      ...beside(
        `a policy of Antrea with a field of Calico's, ${Object.keys(decoy)}`,
        "crd.antrea.io/v1beta1:ClusterNetworkPolicy",
        {
          ...decoy,
          appliedTo: [{ podSelector: {} }],
          ingress: [{ action: "Allow", from: [{ namespaceSelector: {} }] }],
        },
        /spec\.ingress\[0\] is/,
      ),
      others: ["platform-clients"],
    }),
  ),
];

/** What they may. */
export const othersAllowed: readonly Mutation[] = [
  ciliumRule("the tenant's own pods", ciliumOwn, /^/),
  ciliumRule("an empty rule, which lets in nobody", {}, /^/),
  ciliumRule(
    "the tenant's namespaces",
    {
      fromEndpoints: [
        {
          matchLabels: {
            "k8s:tenant-id": "acme",
            "k8s:io.cilium.k8s.namespace.labels.nats-platform/tenant": "acme",
          },
        },
      ],
      toPorts,
    },
    /^/,
  ),
  beside("an AdminNetworkPolicy that denies", admin, adminRule("Deny"), /^/),
  beside("an AdminNetworkPolicy that leaves it to others", admin, adminRule("Pass"), /^/),
  beside(
    "an AdminNetworkPolicy for the tenant's own",
    admin,
    adminRule("Allow", { from: [{ pods: { ...instances.pods, podSelector: own.podSelector } }] }),
    /^/,
  ),
  beside(
    "a policy of Calico about others",
    "projectcalico.org/v3:NetworkPolicy",
    { selector: "app == 'web'", ingress: [{ action: "Allow" }] },
    /^/,
  ),
  beside(
    "a policy of Calico that denies",
    "projectcalico.org/v3:GlobalNetworkPolicy",
    { selector: "all()", ingress: [{ action: "Deny" }] },
    /^/,
  ),
  beside("a profile that is not Calico's", "kubeflow.org/v1:Profile", { ingress: "none" }, /^/),
];
