import type { Mutable, PolicyCases } from "../support/cases";
import { beside, othersAllowed, othersMutations } from "../support/other-policies";
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
const client = { protocol: "TCP", port: 4222 };
const everybody = { from: [{ namespaceSelector: {} }], ports: [client] };

const kubernetes = "networking.k8s.io/v1:NetworkPolicy";
const extra = (what: string, podSelector: object | undefined, metadata: object = {}) =>
  beside(
    `an extra policy ${what}`,
    kubernetes,
    { podSelector, ingress: [everybody] },
    /extra": spec\.ingress\[0\]\.from\[0\] is \{"namespaceSelector":\{\}\}; must let in nobody but/,
    metadata,
  );

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
    ...othersMutations,
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
    ...othersAllowed,
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
