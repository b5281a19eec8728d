import type { Mutable, PolicyCases } from "../support/cases";
import { unknownText } from "../support/pack";
import { appPolicies, instance, platform, policiesOf, tenancy, worker } from "../support/tenants";

const isolation = "tenant-nats-isolation-acme";
const accepted = "must let in nobody but pods tenant-id=acme in namespaces kubernetes.io/metadata.name=vrsky-tenants";
const saysOf = (path: string) => new RegExp(`${path.replace(/[.[\]]/g, "\\$&")} is .*; .*${accepted}`);

/** The policy around the instances of acme, its first rule changed: the one for the tenant's own pods. */
const rule = (what: string, change: (rule: Mutable["props"]) => void, path: string | RegExp) => ({
  what,
  resource: isolation,
  change: ({ props }: Mutable) => change(props.spec.ingress[0]),
  says: typeof path === "string" ? saysOf(path) : path,
});

const from = (what: string, ...peers: object[]) =>
  rule(
    what,
    (of) => {
      of.from = peers;
    },
    `spec.ingress[0].from[${peers.length - 1}]`,
  );

const ports = (what: string, ...list: object[]) =>
  rule(
    what,
    (of) => {
      of.ports = list;
    },
    new RegExp(`spec\\.ingress\\[0\\]\\.ports\\[${list.length - 1}\\] is .*; must be, for spec.* TCP 4222 by number`),
  );

const own = { podSelector: { matchLabels: { "tenant-id": "acme" } } };
const named = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
const otherThan = (name: string) => ({
  matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [name] }],
});
const client = { protocol: "TCP", port: 4222 };
const everybody = { from: [{ namespaceSelector: {} }], ports: [client] };

/** A policy of another sort beside the others: what all of them let in adds up. */
const beside = (what: string, type: string, spec: object, says: RegExp, metadata: object = {}) => ({
  what,
  resource: "web-nats",
  change: (resource: Mutable) => {
    resource.type = `kubernetes:${type}`;
    resource.props = { metadata: { name: "extra", namespace: "vrsky-tenants", ...metadata }, spec };
  },
  says,
});
const kubernetes = "networking.k8s.io/v1:NetworkPolicy";
const extra = (what: string, podSelector: object | undefined, metadata: object = {}) =>
  beside(
    `an extra policy ${what}`,
    kubernetes,
    { podSelector, ingress: [everybody] },
    /extra": spec\.ingress\[0\]\.from\[0\] is \{"namespaceSelector":\{\}\}; must let in nobody but/,
    metadata,
  );

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

export const cases: PolicyCases = {
  policy: "tenant-ingress",
  compliant: [
    ...tenancy(),
    ...policiesOf("acme"),
    ...instance("acme"),
    ...worker("acme"),
    ...platform(),
    ...appPolicies(),
  ],
  mutations: [
    rule("nobody named", (of) => delete of.from, "spec.ingress[0].from"),
    rule(
      "an empty list of peers",
      (of) => {
        of.from = [];
      },
      "spec.ingress[0].from",
    ),
    from("all pods of the namespace", { podSelector: {} }),
    from("all namespaces", { namespaceSelector: {} }),
    from("such pods of all namespaces", { namespaceSelector: {}, ...own }),
    from("such pods of another namespace", { ...named("shop"), ...own }),
    from("a peer beside the right one", own, { podSelector: { matchLabels: { app: "web" } } }),
    from("an empty peer", {}),
    from("another tenant", { podSelector: { matchLabels: { "tenant-id": "globex" } } }),
    from("any tenant", { podSelector: { matchExpressions: [{ key: "tenant-id", operator: "Exists" }] } }),
    from("several tenants", {
      podSelector: { matchExpressions: [{ key: "tenant-id", operator: "In", values: ["acme", "globex"] }] },
    }),
    from("whoever is not another tenant", {
      podSelector: { matchExpressions: [{ key: "tenant-id", operator: "NotIn", values: ["globex"] }] },
    }),
    from("another tenant's namespaces", {
      namespaceSelector: { matchLabels: { "nats-platform/tenant": "globex" } },
      ...own,
    }),
    from("all pods of the tenant's namespaces", {
      namespaceSelector: { matchLabels: { "nats-platform/tenant": "acme" } },
    }),
    from("a service without its namespace", {
      podSelector: { matchLabels: { "app.kubernetes.io/name": "account-sync" } },
    }),
    from("a service's whole namespace", named("nats")),
    ...["0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8"].map((cidr) =>
      from(`addresses ${cidr}`, { ipBlock: { cidr } }),
    ),
    rule("no ports", (of) => delete of.ports, "spec.ingress[0].ports"),
    ports("another port", { protocol: "TCP", port: 8222 }),
    ports("a port beside the right one", client, { protocol: "TCP", port: 6222 }),
    ports("a range that has more", { ...client, endPort: 4223 }),
    ports("a range from before it", { protocol: "TCP", port: 1, endPort: 65_535 }),
    ports("a port by name", { protocol: "TCP", port: "nats" }),
    ports("all ports of TCP", { protocol: "TCP" }),
    ports("UDP", { protocol: "UDP", port: 4222 }),
    ports("an empty port", {}),
    rule(
      "an empty rule",
      (of) => {
        for (const key of Object.keys(of)) delete of[key];
      },
      "spec.ingress[0].from",
    ),
    {
      what: "monitoring at the clients' port",
      resource: isolation,
      change: ({ props }) => {
        props.spec.ingress[1].ports[0].port = 4222;
      },
      says: /spec\.ingress\[1\]\.ports\[0\] is .*; must be, for spec\.ingress\[1\]\.from\[0\], TCP 7777 or 8222/,
    },
    {
      what: "peers that are a map",
      resource: isolation,
      change: ({ props }) => {
        props.spec.ingress[0].from = own;
      },
      says: /spec\.ingress\[0\]\.from is .*; must be a list/,
    },
    beside(
      "a patch of a policy, which may be about instances",
      "networking.k8s.io/v1:NetworkPolicyPatch",
      { ingress: [{}] },
      /spec\.ingress\[0\]\.from is missing/,
    ),
    {
      what: "the tenant let in to every tenant's instances",
      resource: "account-sync-to-instances",
      change: ({ props }) => {
        props.spec.ingress[0].from = [own];
      },
      says: /spec\.ingress\[0\]\.from\[0\] is .*; must let in nobody but pods app\.kubernetes\.io\/name=account-sync/,
    },
    {
      what: "everybody let in where everything is denied",
      resource: "default-deny",
      change: ({ props }) => {
        props.spec.ingress = [everybody];
      },
      says: /NetworkPolicy "(vrsky-tenants|nats)\/default-deny"/,
    },
    extra("about everything", {}),
    extra("without a selector", undefined),
    extra("about whatever there is", { matchExpressions: [{ key: "app", operator: "Exists" }] }),
    extra("about instances by an expression", {
      matchExpressions: [{ key: "app", operator: "In", values: ["nats", "x"] }],
    }),
    extra("about all but others", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] }),
    extra("by a label that instances may have", { matchLabels: { "instance-num": "1" } }),
    extra("about the tenant in another namespace", { matchLabels: { "tenant-id": "acme" } }, { namespace: "shop" }),
    extra(
      "about any tenant in another namespace",
      { matchExpressions: [{ key: "tenant-id", operator: "Exists" }] },
      { namespace: "shop" },
    ),
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
  ],
  allowed: [
    from("the tenant's pods by an expression, and fewer of them", {
      podSelector: {
        matchLabels: { app: "orders" },
        matchExpressions: [{ key: "tenant-id", operator: "In", values: ["acme"] }],
      },
    }),
    from("the tenant's pods of the namespace by its name", { ...named("vrsky-tenants"), ...own }),
    ports("the port without its protocol", { port: 4222 }),
    ports("a range of one", { ...client, endPort: 4222 }),
    {
      what: "rules for what comes in of a policy that is about what goes out",
      resource: "tenant-nats-workers-acme",
      change: ({ props }) => {
        props.spec.ingress = [everybody];
      },
    },
    extra("about other pods", { matchLabels: { app: "web" } }),
    extra("about all but instances", { matchExpressions: [{ key: "app", operator: "NotIn", values: ["nats"] }] }),
    extra("about pods of no tenant", { matchExpressions: [{ key: "tenant-id", operator: "DoesNotExist" }] }),
    extra("elsewhere", {}, { namespace: "shop" }),
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
  ],
  undecided: [
    rule(
      "peers that are not known yet",
      (of) => {
        of.from = unknownText;
      },
      /ingress\.0\.from/,
    ),
    rule(
      "a port that is not known yet",
      (of) => {
        of.ports[0].port = unknownText;
      },
      /ports\.0\.port/,
    ),
    {
      what: "a namespace that is not known yet",
      resource: "account-sync-to-instances",
      change: ({ props }) => {
        props.metadata.namespace = unknownText;
      },
      says: /metadata\.namespace/,
    },
  ],
};
